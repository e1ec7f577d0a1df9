import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type PeerCertificate } from 'node:tls';

/** The three operations that touch the network; tests replace them. */
export interface Network {
  /** All addresses of a name. */
  resolve(name: string, signal: AbortSignal): Promise<string[]>;
  /** Opens a TCP connection to an address, never to a name. Nothing else in this tool opens sockets to targets. */
  dial(address: string, port: number, signal: AbortSignal): Promise<Socket>;
  /** Puts TLS on a connection and verifies the certificate for the host: a name, or an address. */
  secure(socket: Socket, host: string, signal: AbortSignal): Promise<Socket>;
}

export const systemNetwork: Network = {
  async resolve(name, signal) {
    // getaddrinfo cannot be cancelled, and the caller's deadline must not wait for it.
    const answer = await orAbort(lookup(name, { all: true, order: 'verbatim' }), signal);
    return answer.map((entry) => entry.address);
  },
  dial: (address, port, signal) =>
    settled(connectTcp({ host: address, port, autoSelectFamily: false, noDelay: true }), 'connect', signal),
  secure(socket, host, signal) {
    const options = {
      socket,
      // TLS sends no address as a name (RFC 6066, 3), and without one Node would check for "localhost".
      servername: isIP(host) ? '' : host,
      checkServerIdentity: (_: string, certificate: PeerCertificate) => checkServerIdentity(host, certificate),
      ALPNProtocols: ['http/1.1'],
    };
    return settled(connectTls(options), 'secureConnect', signal);
  },
};

/** Rejects as soon as the signal aborts, whatever becomes of the promise later. */
export function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Resolves when the socket says it is connected; destroys it when it fails or the signal aborts. */
export async function settled<S extends Socket>(socket: S, event: string, signal: AbortSignal): Promise<S> {
  const ready = new Promise<S>((resolve, reject) => {
    socket.once(event, () => resolve(socket));
    socket.once('error', reject);
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  });
  try {
    return await orAbort(ready, signal);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

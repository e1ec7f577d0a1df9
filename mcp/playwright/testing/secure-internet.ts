import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';
import { settled, type Network } from '#mcp/fetch/network.ts';

/**
 * Puts TLS before a played Internet that speaks plain HTTP, where the browser begins with it. Whoever asks it must not
 * look at certificates.
 */
export async function secured(network: Network): Promise<Network & AsyncDisposable> {
  const secureContext = createSecureContext(certificate());
  const waiting = new Map<number, Promise<Socket>>();
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('readable', () => {
      // Whoever dialled has written by now, and so is known.
      const behind = waiting.get(socket.remotePort ?? 0);
      waiting.delete(socket.remotePort ?? 0);
      void join(socket, behind, secureContext).catch(() => socket.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...network,
    async dial(address, wanted, signal) {
      const behind = network.dial(address, wanted, signal);
      await behind;
      const socket = connect({ port, host: '127.0.0.1' });
      const ready = settled(socket, 'connect', signal);
      socket.once('connect', () => waiting.set(socket.localPort ?? 0, behind));
      return ready;
    },
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The first byte of TLS is 22 (RFC 8446, 5.1). */
async function join(socket: Socket, behind: Promise<Socket> | undefined, secureContext: SecureContext): Promise<void> {
  const upstream = await behind;
  const first = socket.read() as Buffer | null;
  if (!upstream || first === null) return void socket.destroy();
  socket.unshift(first);
  const clear = first[0] === 22 ? new TLSSocket(socket, { isServer: true, secureContext }) : socket;
  for (const [one, other] of [
    [clear, upstream],
    [upstream, clear],
  ] as const)
    one.on('error', () => other.destroy()).once('close', () => other.destroy());
  clear.pipe(upstream).pipe(clear);
}

function certificate(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(path.join(tmpdir(), 'browser-tls-'));
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const rest = ['-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=played'];
  execFileSync('openssl', ['req', '-x509', ...curve, ...rest], { stdio: 'ignore' });
  const pair = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return pair;
}

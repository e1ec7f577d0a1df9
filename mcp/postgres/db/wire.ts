import type { Socket } from 'node:net';
import pg from 'pg';

/** The parts of a pg client that its types leave out. */
interface Inner {
  processID: number | null;
  secretKey: number | null;
  host: string;
  port: number;
  ssl: unknown;
  connection: { stream: Socket; sslNegotiation: string };
}

/** The part of pg's protocol connection that a cancel request needs. */
interface CancelConnection {
  on(event: string, listener: () => void): void;
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
  stream: Socket;
}

const { Connection } = pg as unknown as { Connection: new (options: object) => CancelConnection };

/** How long a cancel request may take to go out. */
const cancelTimeoutMs = 2_000;

export function socketOf(client: pg.ClientBase): Socket {
  return (client as unknown as Inner).connection.stream;
}

/**
 * Asks the server to stop what a client runs, over a second connection as the protocol has it ("Canceling Requests in
 * Progress"). Needs no right but the key that the server gave the client. Resolves when the request has been sent or
 * could not be made; the caller closes its own socket either way.
 */
export function requestCancel(client: pg.ClientBase): Promise<void> {
  const { processID, secretKey, ssl, host, port, connection: own } = client as unknown as Inner;
  if (processID === null || secretKey === null) return Promise.resolve();
  const connection = new Connection({ ssl, sslNegotiation: own.sslNegotiation });
  return new Promise((resolve) => {
    const timer = setTimeout(() => connection.stream.destroy(), cancelTimeoutMs);
    const finish = () => {
      clearTimeout(timer);
      resolve();
    };
    const send = () => connection.cancel(processID, secretKey);
    connection.on('connect', () => {
      if (!ssl) send();
      else if (own.sslNegotiation !== 'direct') connection.requestSsl();
    });
    connection.on('sslconnect', send);
    connection.on('error', finish);
    connection.on('end', finish);
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);
  });
}

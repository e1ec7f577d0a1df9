import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between a client and the door, and keeps what the door answered. */
export interface Recorder extends AsyncDisposable {
  /** Without a path. */
  url: string;
  /** The body of the last answer, as it went over the wire. */
  answer: () => string;
}

export async function startRecorder(target: string): Promise<Recorder> {
  let answer: Buffer[] = [];
  const server = createServer((incoming, outgoing) => {
    const kept: Buffer[] = (answer = []);
    const { method, headers, url = '/' } = incoming;
    const onward = forward(new URL(url, target), { method, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.on('data', (piece: Buffer) => void kept.push(piece)).pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: () => Buffer.concat(answer).toString('utf8'),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a list may be made of that costs its reader more than its size. */
export const parts = {
  objects: '<Contents><Key>&#x61;</Key></Contents>'.repeat(2_000),
  entities: '&#x9801;'.repeat(8_000),
  text: `<Contents><Key>${'頁'.repeat(20_000)}</Key></Contents>`,
  'elements in each other': `<a>${'x'.repeat(100)}`.repeat(800),
  attributes: `<a ${'b="c" '.repeat(10_000)}/>`,
};

/** Answers every list with `bytes` of one part, which costs its reader many times its size. */
export async function startIllS3(part: string, bytes: number): Promise<AsyncDisposable & { endpoint: string }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/xml' });
    response.write('<?xml version="1.0"?><ListBucketResult><IsTruncated>true</IsTruncated>');
    let sent = 0;
    const more = (): void => {
      for (let room = true; room && sent < bytes && !response.destroyed; sent += part.length)
        room = response.write(part);
      if (sent >= bytes) response.end('</ListBucketResult>');
      else if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

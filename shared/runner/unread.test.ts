import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { createUnread } from './unread.ts';

it('counts answers that nobody reads, until their connections end', async () => {
  const unread = createUnread(10_000_000);
  const server = createServer((request, response) => {
    if (unread.full()) return void response.writeHead(429).end();
    response.end('x'.repeat(8_000_000));
    unread.watch(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const get = () => fetch(`http://127.0.0.1:${port}/`);
  const lazy = [1, 2].map(() => connect(port, '127.0.0.1').pause());
  for (const socket of lazy) socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await expect.poll(async () => (await get()).status).toBe(429);
  for (const socket of lazy) socket.destroy();
  await expect.poll(async () => (await get()).status).toBe(200);
  expect((await (await get()).text()).length).toBe(8_000_000);
  expect(unread.full()).toBe(false);
  server.closeAllConnections();
  server.close();
});

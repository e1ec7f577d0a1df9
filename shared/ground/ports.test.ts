import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { nextFreePort } from './ports.ts';

test('the wanted port when it is free, else the next free one', async () => {
  const wanted = await nextFreePort(0);
  expect(await nextFreePort(wanted)).toBe(wanted);
  const server = createServer().listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const next = await nextFreePort(wanted);
  expect(next).toBeGreaterThan((server.address() as AddressInfo).port);
  const second = createServer().listen(next, '127.0.0.1');
  await once(second, 'listening');
  expect(await nextFreePort(wanted)).toBeGreaterThan(next);
  server.close();
  second.close();
});

test('any port is none of those that the system gives away', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => nextFreePort(0)));
  expect(Math.max(...ports)).toBeLessThan(32_768);
  expect(new Set(ports).size).toBeGreaterThan(40);
});

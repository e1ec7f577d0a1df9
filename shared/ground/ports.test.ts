import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
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

test('processes that look at the same time get different ports, before anybody listens on them', async () => {
  const script = `const { nextFreePort } = await import(process.argv[1]);
    for (let count = 0; count < 300; count += 1) process.stdout.write((await nextFreePort(0)) + ' ');
    process.stdout.end();
    process.stdin.resume();`;
  const ours = new URL('./ports.ts', import.meta.url).href;
  const children = Array.from({ length: 3 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script, ours], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const ports = (await Promise.all(children.map(({ stdout }) => text(stdout)))).flatMap((said) =>
    said.trim().split(' '),
  );
  for (const child of children) child.stdin.end();
  expect(ports).toHaveLength(900);
  expect(new Set(ports).size).toBe(900);
});

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { portFor } from './port.ts';

test('a port that is taken gives way to the next, which is said; what is no port is left to the service', async () => {
  await using server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const taken = String((server.address() as AddressInfo).port);
  const said: string[] = [];
  const port = (wanted: string) => portFor('the page', wanted, { note: (text) => said.push(text) });
  const next = await port(taken);
  expect(Number(next)).toBeGreaterThan(Number(taken));
  expect(said).toEqual([`Port ${taken} is taken; the page takes ${next}.`]);
  expect(await port('0')).not.toBe('0');
  expect([await port('lots'), await port('99999'), await port('-1')]).toEqual(['lots', '99999', '-1']);
  expect(said).toHaveLength(1);
});

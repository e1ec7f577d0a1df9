import { expect, it } from 'vitest';
import { freePort } from '#test/lib/ports.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import { checkWrites, connectRedis } from './connect.ts';
import { backoffMs } from '#shared/queue/queues.ts';

it(
  'a Redis that was made a replica is told of, and left for the one that takes writes',
  { timeout: 60_000 },
  async () => {
    await using server = await startTestRedis();
    const operator = connectRedis(server.url, 'operator');
    const patient = connectRedis(server.url, 'patient');
    const door = connectRedis(server.url, 'door', { failFast: true });
    await checkWrites(door);
    let connections = 0;
    patient.on('connect', () => (connections += 1));
    await patient.ping();
    await operator.replicaof('127.0.0.1', await freePort());
    await expect(checkWrites(door)).rejects.toThrow();
    const writing = patient.set('{dragoman}:key', 'value');
    // The same name now leads to a server that takes writes.
    await operator.replicaof('NO', 'ONE');
    expect(await writing).toBe('OK');
    await checkWrites(door);
    expect(connections).toBeGreaterThan(0);
    for (const redis of [operator, patient, door]) redis.disconnect();
  },
);

it('a job is never put off for longer than the cap, however often it has failed', () => {
  for (const attempt of [1, 2, 5, 14, 18, 999]) {
    const ms = backoffMs(attempt, 1_000);
    expect(ms).toBeGreaterThanOrEqual(Math.min(500 * 2 ** (attempt - 1), 7_500));
    expect(ms).toBeLessThanOrEqual(15_000);
  }
});

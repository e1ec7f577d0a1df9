import type { Redis } from 'ioredis';

/** Counts how often Redis ran each command while `work` was done, scripts' own commands included. */
export async function countCommands<T>(
  redis: Redis,
  work: () => Promise<T>,
): Promise<{ result: T; calls: Record<string, number>; all: number }> {
  await redis.config('RESETSTAT');
  const result = await work();
  const stats = await redis.info('commandstats');
  const found = [...stats.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)].map(([, name = '', calls]): [string, number] => [
    name,
    Number(calls),
  ]);
  const calls = Object.fromEntries(found.filter(([name]) => !/^(config|info)/.test(name)));
  return { result, calls, all: Object.values(calls).reduce((sum, count) => sum + count, 0) };
}

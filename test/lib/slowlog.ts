import type { Redis } from 'ioredis';
import { scriptOf } from '#shared/redis/script.ts';

/** A command for which Redis stood still. */
export interface SlowCommand {
  /** The name of our script, or the command. */
  name: string;
  ms: number;
}

/** From now on Redis notes commands that take longer than `micros` microseconds. */
export async function watchSlow(redis: Redis, micros: number): Promise<void> {
  await redis.config('SET', 'slowlog-log-slower-than', micros);
  await redis.config('SET', 'slowlog-max-len', 10_000);
}

/**
 * What Redis' SLOWLOG has noted since the last look, the slowest first. It measures wall-clock time, so on a busy
 * machine an entry may be a pause of Redis' process.
 */
export async function slowCommands(redis: Redis): Promise<SlowCommand[]> {
  const rows = (await redis.call('SLOWLOG', 'GET', '-1')) as [number, number, number, string[]][];
  await redis.call('SLOWLOG', 'RESET');
  const slow = rows.map(([, , micros, [command = '', ...args]]) => ({
    name: scriptOf(command, args) ?? command.toLowerCase(),
    ms: micros / 1_000,
  }));
  return slow.toSorted((a, b) => b.ms - a.ms);
}

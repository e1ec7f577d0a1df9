import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** Runs a Lua script by its hash; sends the text only where the server does not know it yet. */
export function defineScript(keyCount: number, lua: string) {
  const sha = createHash('sha1').update(lua).digest('hex');
  return async function run<Result>(redis: Redis, keys: string[], args: (string | number)[]): Promise<Result> {
    if (keys.length !== keyCount) throw new TypeError(`script takes ${keyCount} keys, got ${keys.length}`);
    try {
      return (await redis.evalsha(sha, keyCount, ...keys, ...args)) as Result;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return (await redis.eval(lua, keyCount, ...keys, ...args)) as Result;
    }
  };
}

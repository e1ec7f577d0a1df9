import type { Redis } from 'ioredis';

export class Died extends Error {}

/**
 * The connection of a process that dies: `count` more commands are carried out, every later one rejects with Died and is
 * not sent. `commands`: how many were sent.
 */
export function dyingRedis(redis: Redis, count: number): { redis: Redis; commands: () => number } {
  let sent = 0;
  const dying = new Proxy(redis, {
    get(target, property, self) {
      if (property !== 'sendCommand') return Reflect.get(target, property, self) as unknown;
      return (...args: Parameters<Redis['sendCommand']>) => {
        if (sent >= count) return Promise.reject(new Died('this process has died'));
        sent += 1;
        return target.sendCommand(...args);
      };
    },
  });
  return { redis: dying, commands: () => sent };
}

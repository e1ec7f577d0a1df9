import type { Redis } from 'ioredis';

export class Died extends Error {}

export interface DyingRedis extends Disposable {
  redis: Redis;
  /** How many commands were sent. */
  commands(): number;
  /** Resolves at the first command that was not sent. */
  died: Promise<void>;
}

/**
 * A connection, like `like`, of a process that dies: `count` commands are carried out. Every later command rejects with
 * Died and is not sent.
 */
export function dyingRedis(like: Redis, count: number): DyingRedis {
  const own = like.duplicate();
  let sent = 0;
  const { promise: died, resolve: die } = Promise.withResolvers<void>();
  const redis = new Proxy(own, {
    get(target, property, self) {
      if (property !== 'sendCommand') return Reflect.get(target, property, self) as unknown;
      return (...[command, stream]: Parameters<Redis['sendCommand']>) => {
        if (sent < count) {
          sent += 1;
          return target.sendCommand(command, stream);
        }
        die();
        command.reject(new Died('this process has died'));
        return command.promise;
      };
    },
  });
  return { redis, commands: () => sent, died, [Symbol.dispose]: () => own.disconnect() };
}

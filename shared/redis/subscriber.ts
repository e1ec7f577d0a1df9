import type { Redis } from 'ioredis';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { connectRedis } from './connect.ts';

const log = createLogger('subscriber');

/** The one connection of a process that listens to channels. */
export interface Subscriber extends AsyncDisposable {
  /** Hands each message of a channel to `handler`, until disposed. Resolves when Redis has confirmed. */
  listen(channel: string, handler: (message: string) => void): Promise<AsyncDisposable>;
  /** Calls `handler` whenever a lost connection stands again and listens to all channels. */
  onReturn(handler: () => void): void;
}

/** Milliseconds between two questions whether the other side is still there. */
const askMs = 5_000;

/** Opens the connection. An error that a handler throws is logged and affects no other handler. */
export function createSubscriber(redisUrl: string): Subscriber {
  const redis: Redis = connectRedis(redisUrl, 'subscriber');
  const handlers = new Map<string, Set<(message: string) => void>>();
  // Who only listens sends nothing, and so would never notice that the connection has died in silence.
  const asking = setInterval(() => {
    if (redis.status === 'ready') redis.ping().catch(() => undefined);
  }, askMs);
  redis.on('message', (channel: string, message: string) => {
    for (const handler of handlers.get(channel) ?? []) {
      try {
        handler(message);
      } catch (error) {
        log.error({ channel, error: errorText(error) }, 'a message was not handled');
      }
    }
  });
  return {
    async listen(channel, handler) {
      const known = handlers.get(channel) ?? new Set();
      handlers.set(channel, known.add(handler));
      await redis.subscribe(channel);
      return {
        async [Symbol.asyncDispose]() {
          known.delete(handler);
          if (known.size > 0) return;
          handlers.delete(channel);
          if (redis.status === 'ready') await redis.unsubscribe(channel).catch(() => undefined);
        },
      };
    },
    // What is sent after it is answered after it: by then the channels are listened to.
    onReturn: (handler) => void redis.on('ready', () => void redis.ping().then(handler, () => undefined)),
    async [Symbol.asyncDispose]() {
      clearInterval(asking);
      redis.disconnect();
      await Promise.resolve();
    },
  };
}

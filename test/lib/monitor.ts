import type { Redis } from 'ioredis';

/**
 * A connection that is told each command that arrives at Redis, as `redis.monitor()` makes it. That one rejects on a busy
 * Redis: ioredis 6.0 takes lines that come in one piece with the reply to MONITOR for replies to commands that nobody
 * has sent. Here they are passed over.
 */
export async function watchCommands(redis: Redis): Promise<Redis> {
  const monitor = redis.duplicate({ monitor: true, lazyConnect: false });
  monitor.on('error', () => undefined);
  await new Promise((resolve) => {
    monitor.once('monitoring', resolve);
  });
  return monitor;
}

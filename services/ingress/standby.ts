import type { ServiceContext } from '#shared/process/service.ts';
import { checkWrites, connectRedis } from '#shared/redis/connect.ts';
import type { IngressConfig } from './config.ts';
import { createContext, type IngressContext, type Overrides } from './context.ts';
import type { SharedShards } from './shards.ts';
import { holdShards } from './startup/hold-shards.ts';
import { shardCounter } from './startup/shard-count.ts';

/**
 * An ingress that connects shards which no other process has: it stands by until there are any, and becomes an ingress
 * with these. When they are not its own any more, its sessions end at once and `ended` rejects; a new process stands by.
 */
export function createStandby(config: IngressConfig, wanted: SharedShards, overrides: Overrides = {}): ServiceContext {
  const redis = connectRedis(config.REDIS_URL, 'ingress-shards', { failFast: true });
  const held = holdShards(redis, { most: wanted.most, count: shardCounter(redis, config, wanted) });
  const over = new AbortController();
  held.lost.catch(() => over.abort());
  let active: IngressContext | undefined;

  async function begin(): Promise<void> {
    const { ids, count } = await held.taken;
    const own = { ...config, DISCORD_SHARDS: count, DISCORD_SHARDS_EACH: 0, DISCORD_SHARD_IDS: ids };
    const built = await createContext(own, { ...overrides, over: over.signal });
    // While it was being built, this process was told to end, or has lost its shards.
    if (over.signal.aborted) await built[Symbol.asyncDispose]();
    else active = built;
  }

  const begun = begin();
  return {
    checks: {
      redis: () => checkWrites(redis),
      discord: async () => active?.checks['discord']?.(),
    },
    ended: Promise.race([held.lost, begun.then(() => active?.ended ?? new Promise<never>(() => undefined))]),
    async [Symbol.asyncDispose]() {
      // A process that has shards is given the time to end well; one that is about to connect them is not.
      if (!active) over.abort();
      await Promise.race([begun, aborted(over.signal)]).catch(() => undefined);
      await active?.[Symbol.asyncDispose]();
      await held[Symbol.asyncDispose]();
      redis.disconnect();
    },
  };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

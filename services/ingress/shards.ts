import { z } from 'zod';
import { ConfigError } from '#shared/ground/config.ts';

/** Which shards a process connects, of how many; `auto`: all that Discord recommends. */
export type Shards = 'auto' | { ids: number[]; count: number };

interface ShardConfig {
  DISCORD_SHARDS: 'auto' | number;
  DISCORD_SHARD_IDS: number[];
  DISCORD_SHARDS_EACH: number;
}

/** Shards that several processes share among themselves: so many in all, at most `most` of them in one. */
export interface SharedShards {
  most: number;
  count: ShardConfig['DISCORD_SHARDS'];
}

/** How many shards there are: `auto`, or a number. */
export const shardCount = z
  .union([z.literal('auto'), z.coerce.number().int().min(1).max(10_000)], {
    error: 'is neither auto nor a number from 1',
  })
  .default('auto');

/** Ids of shards, such as `0-3` or `0,2`; empty for all. */
export const shardIds = z
  .string()
  .default('')
  .transform((text, context) => {
    const ids = new Set<number>();
    for (const item of text.split(/[\s,]+/).filter(Boolean)) {
      const [, first, last = first] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(item) ?? [];
      if (first === undefined)
        context.addIssue({ code: 'custom', message: `${item} is neither a shard nor a range such as 0-3` });
      for (let id = Number(first); id <= Number(last); id += 1) ids.add(id);
    }
    return [...ids].toSorted((a, b) => a - b);
  });

/** The shards of a configuration. Throws ConfigError when the two variables do not fit. */
export function shardsOf(config: ShardConfig): Shards {
  const problem = shardProblem(config);
  if (problem !== undefined) throw new ConfigError([`DISCORD_SHARD_IDS: ${problem}.`]);
  const { DISCORD_SHARDS: count, DISCORD_SHARD_IDS: ids } = config;
  if (count === 'auto') return 'auto';
  return { ids: ids.length > 0 ? ids : Array.from({ length: count }, (_, id) => id), count };
}

/**
 * How this process shares the shards with others; undefined where it connects those that the configuration names.
 * Throws ConfigError when the variables do not fit.
 */
export function sharedShards(config: ShardConfig): SharedShards | undefined {
  const { DISCORD_SHARDS: count, DISCORD_SHARDS_EACH: most } = config;
  if (most === 0) return undefined;
  if (config.DISCORD_SHARD_IDS.length > 0) {
    throw new ConfigError([
      'DISCORD_SHARDS_EACH: does not go with DISCORD_SHARD_IDS: either this process takes shards that are free, or those that are named.',
    ]);
  }
  return { most, count };
}

/** What is wrong with the two variables together; undefined when they fit. */
function shardProblem({ DISCORD_SHARDS: count, DISCORD_SHARD_IDS: ids }: ShardConfig): string | undefined {
  if (ids.length === 0) return undefined;
  if (count === 'auto') return 'needs DISCORD_SHARDS as a number, the same for all processes';
  const beyond = ids.find((id) => id >= count);
  return beyond === undefined ? undefined : `names shard ${beyond}, but of ${count} the last one is ${count - 1}`;
}

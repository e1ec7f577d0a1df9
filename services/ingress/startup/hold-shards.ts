import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { errorText, OperatorError } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { foundAgainForMs } from '#shared/redis/connect.ts';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, of } from '#shared/redis/script.ts';
import { shardsTaken, shardsUnheld } from '../events.ts';

const log = createLogger('shards');

const holdScript = defineScript(new URL('./hold-shards.lua', import.meta.url), {
  keys: ['shards', 'agreed'],
  args: {
    holder: of<string>(),
    held: of<number[]>(),
    most: of<number>(),
    count: of<number>(),
    forMs: of<number>(),
  },
  reply: of<number[]>(),
});
const releaseScript = defineScript(new URL('./release-shards.lua', import.meta.url), {
  keys: ['shards', 'agreed'],
  args: { holder: of<string>() },
  reply: of<null>(),
});

export interface ShardTimes {
  /** Milliseconds for which shards are held from each time that their holder said so. */
  forMs: number;
  /** Milliseconds between two times. */
  everyMs: number;
  /** Milliseconds after which a holder that could not say so gives up; less than `forMs` by what closing takes. */
  giveUpMs: number;
}

export const shardTimes: ShardTimes = { forMs: 15_000, everyMs: 2_000, giveUpMs: 10_000 };

/** Milliseconds in which those who have shards say so again after Redis was away: each tries at least every 2 s. */
const settledMs = 5_000;
/** Milliseconds between two reports of shards that nobody has. */
const reportMs = 60_000;

/** Shards that this process holds, alone among all that share them. */
export interface HeldShards extends AsyncDisposable {
  /** Resolves with their ids, and of how many they are, as soon as there are free ones. */
  taken: Promise<{ ids: number[]; count: number }>;
  /** Rejects when they are not this process' own any more. */
  lost: Promise<never>;
}

/**
 * Takes up to `most` of so many shards (`count`, asked until some are taken) that nobody holds, waits until there are
 * any, and holds them. They are another's when their holder has said nothing for `forMs`; it gives up before, so that no
 * shard is ever held twice. Redis' clock says how long ago that was. Disposed, it releases them: by then their sessions
 * must have ended.
 */
export function holdShards(
  redis: Redis,
  { most, count: countNow }: { most: number; count: () => Promise<number> },
  times = shardTimes,
): HeldShards {
  const holder = randomUUID();
  const taking = Promise.withResolvers<{ ids: number[]; count: number }>();
  const losing = Promise.withResolvers<never>();
  let held: number[] = [];
  let count = 0;
  const known = () => ({ shards: keys.discordShards(String(count)), agreed: keys.discordShardCount });
  let saidAt = performance.now();
  let unheldSince: number | undefined;
  let asking = false;
  // Who does not look at it must not be ended by it.
  losing.promise.catch(() => undefined);

  async function say(): Promise<void> {
    // Those who have shards come first.
    if (held.length === 0 && foundAgainForMs(redis) < settledMs) return;
    if (held.length === 0) count = await countNow();
    const at = performance.now();
    const [free = 0, ...own] = await holdScript(redis, known(), { holder, held, most, count, forMs: times.forMs });
    saidAt = at;
    if (held.length > 0 && own.length === 0) return giveUp('Another process has taken the shards of this one.');
    if (held.length === 0 && own.length > 0) {
      shardsTaken({ shards: own.join(), count });
      taking.resolve({ ids: own, count });
    }
    held = own;
    report(free);
  }

  /** Shards that nobody has are heard of by nobody: there are too few processes. */
  function report(free: number): void {
    if (free === 0 || held.length === 0) unheldSince = undefined;
    else unheldSince ??= performance.now();
    if (unheldSince === undefined || performance.now() - unheldSince < reportMs) return;
    unheldSince = performance.now();
    shardsUnheld({ free, count });
  }

  function giveUp(why: string): void {
    fail(new OperatorError('shards-lost', why));
  }

  function fail(error: unknown): void {
    clearInterval(timer);
    losing.reject(error);
  }

  function look(): void {
    if (held.length > 0 && performance.now() - saidAt > times.giveUpMs) {
      return giveUp('Redis did not answer for so long that another process may have the shards of this one.');
    }
    // Of a Redis that is away its connection tells.
    if (asking || redis.status !== 'ready') return;
    asking = true;
    say()
      .catch((error: unknown) => {
        if (error instanceof OperatorError) return fail(error);
        log.warn({ error: errorText(error) }, 'whose the shards are cannot be asked');
      })
      .finally(() => (asking = false));
  }

  const timer = setInterval(look, times.everyMs);
  redis.once('ready', look);
  look();
  return {
    taken: taking.promise,
    lost: losing.promise,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      // Who does not know yet of how many has none, and must not end what the others agreed on.
      if (count === 0 || redis.status !== 'ready') return;
      await releaseScript(redis, known(), { holder }).catch(() => undefined);
    },
  };
}

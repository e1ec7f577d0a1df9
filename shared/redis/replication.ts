import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { z } from 'zod';
import type { redisVariables } from './variables.ts';
import { UpstreamError } from '#shared/ground/errors.ts';
import { keys } from './keys.ts';
import { createLogger } from '#shared/process/log.ts';
import type { ReplicationOutcome } from '#shared/process/metric-labels.ts';
import { metrics } from '#shared/process/metrics.ts';
import { connectRedis } from './connect.ts';

const log = createLogger('replication');

/**
 * Does a write, and resolves to its first result as soon as the write is as safe as was asked for. When another master
 * has taken over, it writes again: repeating the write must do no harm.
 */
export type Confirm = <T>(write: () => Promise<T>) => Promise<T>;

/** Confirms that writes stand on replicas. */
export interface Replication extends Disposable {
  /**
   * Rejects with UpstreamError (`not-replicated`) when the replicas have not answered in time; the write may then stand
   * or not, as after a broken connection. Writes again when another master has taken over meanwhile, which may not know
   * of the write.
   */
  confirm: Confirm;
  /** Does the same, but keeps waiting for replicas that do not answer: for callers that have nobody to tell. */
  confirmPatiently: Confirm;
}

/** Where Redis is, and how many replicas to wait for; none when it does not say. */
export type RedisConfig = Pick<Variables, 'REDIS_URL'> & Partial<Variables>;
type Variables = z.output<z.ZodObject<typeof redisVariables>>;

const lateText = 'The copies of my queue do not answer at the moment.';
/** Milliseconds between two tries while nobody can be asked, or after another master has taken over. */
const pauseMs = 50;

/**
 * Confirms writes over `redis`; undefined when no replicas are to be waited for. It asks over a connection of its own,
 * once for all writes of that moment, because WAIT holds up everything behind it on a connection.
 */
export function createReplication(redis: Redis, config: RedisConfig): Replication | undefined {
  const { REDIS_WAIT_REPLICAS: wanted = 0, REDIS_WAIT_TIMEOUT_MS: timeoutMs = 1_000 } = config;
  if (wanted === 0) return undefined;
  const history = watchHistory(redis);
  const rounds = createRounds(config.REDIS_URL, wanted, timeoutMs);
  let late = false;
  let closed = false;

  async function write<T>(work: () => Promise<T>, patient: boolean): Promise<T> {
    const until = patient ? Infinity : performance.now() + timeoutMs;
    const { result, standing } = await writeOnce(work);
    let known = await waitFor(standing, until);
    // The new master may not know of the write.
    while (!known) known = await waitFor((await writeOnce(work)).standing, until);
    return result;
  }

  async function writeOnce<T>(work: () => Promise<T>): Promise<{ result: T; standing: Standing }> {
    const standing = await history.now();
    return { result: await work(), standing };
  }

  /** True when enough replicas have the write, false when another master has taken over. */
  async function waitFor({ breaks, id }: Standing, until: number): Promise<boolean> {
    for (;;) {
      const answer = await rounds.next().catch(() => undefined);
      const moved = history.breaks() !== breaks || (answer !== undefined && answer.history !== id);
      const outcome = moved ? 'another-master' : answer && answer.replicas >= wanted ? 'replicated' : 'late';
      tell(outcome);
      if (outcome === 'replicated') return true;
      await pause(until);
      if (!moved) continue;
      await agree(until);
      return false;
    }
  }

  /** Waits until both connections lead to one master; what is written before may have to be written again and again. */
  async function agree(until: number): Promise<void> {
    for (;;) {
      history.forget();
      const answer = await rounds.next().catch(() => undefined);
      if (answer?.history === (await history.now()).id) return;
      await pause(until);
    }
  }

  async function pause(until: number): Promise<void> {
    if (closed) throw new Error('closed while replicas were waited for');
    if (performance.now() > until) throw new UpstreamError('not-replicated', lateText);
    await sleep(pauseMs);
  }

  function tell(outcome: ReplicationOutcome): void {
    metrics.replicationWaits.inc({ outcome });
    if (outcome === 'another-master' || late === (outcome === 'late')) return;
    late = !late;
    if (late) log.warn({ wanted, timeoutMs }, 'replicas do not confirm in time what was written');
    else log.info('replicas confirm again');
  }

  return {
    confirm: (work) => write(work, false),
    confirmPatiently: (work) => write(work, true),
    [Symbol.dispose]() {
      closed = true;
      rounds[Symbol.dispose]();
    },
  };
}

/** What the safety of a write depends on. */
interface Standing {
  /** How often its connection had broken before. */
  breaks: number;
  /** Id of the replication history that it was written into. */
  id: string;
}

/** Keeps the id of the replication history that `redis` writes; a replica that becomes master begins another one. */
function watchHistory(redis: Redis) {
  let breaks = 0;
  let known: Promise<string> | undefined;
  const forget = (): void => {
    known = undefined;
  };
  redis.on('close', () => {
    breaks += 1;
    forget();
  });
  return {
    async now(): Promise<Standing> {
      const before = breaks;
      known ??= redis.info('replication').then(historyIn);
      known.catch(forget);
      return { breaks: before, id: await known };
    },
    breaks: () => breaks,
    /** Makes the next caller ask for the id again; earlier `Standing`s keep theirs. */
    forget,
  };
}

interface Answer {
  history: string;
  /** Replicas that have everything that was written before the round. */
  replicas: number;
}

/** Asks how many replicas have everything, in one round after the other; each serves all who have written before it. */
function createRounds(url: string, wanted: number, timeoutMs: number): { next(): Promise<Answer> } & Disposable {
  const redis = connectRedis(url, 'replication', { failFast: true });
  let breaks = 0;
  let coming: Promise<Answer> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  redis.on('close', () => (breaks += 1));

  async function ask(): Promise<Answer> {
    const before = breaks;
    const [, replicas, info] = await Promise.all([
      // WAIT covers only what its own connection has written.
      redis.set(keys.replicated, Date.now()),
      redis.wait(wanted, timeoutMs),
      redis.info('replication'),
    ]);
    // ioredis sent the WAIT again over another connection, where it knew of no write and was content.
    if (breaks !== before) throw new Error('the connection broke meanwhile');
    return { history: historyIn(info), replicas };
  }

  return {
    next() {
      coming ??= last.then(() => {
        coming = undefined;
        const round = ask();
        last = round.catch(() => undefined);
        return round;
      });
      return coming;
    },
    [Symbol.dispose]: () => redis.disconnect(),
  };
}

function historyIn(info: string): string {
  return /^master_replid:(\w+)/m.exec(info)?.[1] ?? '';
}

import type { Redis } from 'ioredis';
import { clockFrom, type Clock } from '#shared/redis/clock.ts';
import { errorText } from '#shared/ground/errors.ts';
import { keys } from '#shared/redis/keys.ts';
import { createLogger } from '#shared/process/log.ts';
import { redisNow } from '#shared/redis/connect.ts';
import { defineScript, of } from '#shared/redis/script.ts';
import { before, latest, newer, next, snowflakeOf } from '../discord/snowflakes.ts';

const log = createLogger('marks');

const sinceField = 'since';

export type ChannelKind = 'dm' | 'thread' | 'channel';

export interface MarkLimits {
  /** Milliseconds after which a message is not caught up with; an older mark in a server says nothing any more. */
  maxAgeMs: number;
  /** The most marks in servers that are kept; the newest stay. */
  maxInServers: number;
  /**
   * The most direct-message channels that are remembered; `maxDirectAgeMs` says for how many milliseconds of silence.
   * Only their marks lead to them, and each is asked for after a restart.
   */
  maxDirect: number;
  maxDirectAgeMs: number;
}

const defaultLimits: MarkLimits = {
  maxAgeMs: 86_400_000,
  maxInServers: 10_000,
  maxDirect: 1_000,
  maxDirectAgeMs: 180 * 86_400_000,
};

/** Up to which message each channel was dealt with, so that later messages can be caught up with. */
export interface Marks extends AsyncDisposable {
  /** Says what the channel is; marks of unknown channels are kept until somebody has looked. */
  learn(channel: string, kind: ChannelKind): void;
  /** Says that a message came in; the mark stays before it until `done`. */
  begin(channel: string, message: string): void;
  done(channel: string, message: string): void;
  /**
   * Keeps all marks where they are until `release`: while messages may be missing, a newer one that comes by itself
   * must not move the mark past them. Marks are held from the beginning.
   */
  hold(): void;
  /** Keeps this channel's mark where it is until `found`, also after `release`: what it missed is unreadable yet. */
  missing(channel: string): void;
  found(channel: string): void;
  /** Says that nothing is missing any more up to this message: the mark may move there although it is held. */
  covered(channel: string, message: string): void;
  /** Says that the listener was given what was missed: all marks move on, except those of `missing` channels. */
  release(): void;
  /** Sets a mark where there is none yet, as soon as the stored ones are known. */
  initialise(channel: string, message: string): void;
  /**
   * All marks that still matter: those stored and those learnt since. `kinds` says what the channels are, where that is
   * known. `since` is the moment of the very first call, as a message id: whatever came later in a channel without a
   * mark was missed. `now` is in milliseconds since the epoch, by the earlier of two clocks, ours and Redis'. Rejects
   * when Redis cannot be read, but not when it only takes no writes.
   */
  load(): Promise<{ marks: Map<string, string>; kinds: Map<string, ChannelKind>; since: string; now: number }>;
  /** Stores `since`, where there is none yet. Rejects while Redis takes no writes, and so would take no question. */
  storeSince(): Promise<void>;
  /** Forgets marks that no longer matter; this also happens by itself every few minutes. */
  trim(): void;
  /** Writes what has changed. */
  flush(): Promise<void>;
}

const moveScript = defineScript(new URL('./move-marks.lua', import.meta.url), {
  keys: ['marks', 'kinds'],
  args: {
    moved: of<Record<string, string>>(),
    known: of<Record<string, ChannelKind>>(),
    forgotten: of<string[]>(),
    since: of<string | undefined>(),
  },
  reply: of<null>(),
});

const flushMs = 1_000;
const trimMs = 600_000;

export function createMarks(redis: Redis, given: Partial<MarkLimits> = {}): Marks {
  const bounds = { ...defaultLimits, ...given };
  const marks = new Map<string, string>();
  const kinds = new Map<string, ChannelKind>();
  /** Channels whose mark or kind is not stored yet. Those without a mark are to be removed from Redis. */
  const changed = new Set<string>();
  const open = new Map<string, Set<string>>();
  const newest = new Map<string, string>();
  /** How far each held mark may move. */
  const limits = new Map<string, string>();
  const timer = setInterval(() => void flush(), flushMs);
  const trimmer = setInterval(trim, trimMs);
  let held = true;
  const unread = new Set<string>();
  let loaded = false;
  const begun = performance.now();
  /** The earlier of two clocks, ours and Redis', once the marks are loaded. */
  let clock: Clock = Date.now;
  let firstLook = snowflakeOf(clock());
  /** Where `since` was moved to, because older marks were forgotten. */
  let raised: string | undefined;

  function advance(channel: string): void {
    const last = newest.get(channel);
    if (last === undefined) return;
    const limit = held || unread.has(channel) ? limits.get(channel) : last;
    if (limit === undefined) return;
    const furthest = newer(last, limit) ? limit : last;
    const pending = [...(open.get(channel) ?? [])];
    // The mark ends just before the oldest message that is still being dealt with.
    const oldest = pending.reduce((a, b) => (newer(a, b) ? b : a), next(furthest));
    const mark = newer(oldest, furthest) ? furthest : before(oldest);
    const known = marks.get(channel);
    if (known !== undefined && !newer(mark, known)) return;
    marks.set(channel, mark);
    changed.add(channel);
  }

  async function flush(): Promise<void> {
    if (changed.size === 0) return;
    const channels = [...changed];
    changed.clear();
    const marked = channels.filter((channel) => marks.has(channel));
    try {
      await moveScript(
        redis,
        { marks: keys.discordMarks, kinds: keys.discordMarkKinds },
        {
          moved: pick(marks, marked),
          known: pick(kinds, marked),
          forgotten: channels.filter((channel) => !marks.has(channel)),
          since: raised,
        },
      );
    } catch (error) {
      for (const channel of channels) changed.add(channel);
      log.debug({ error: errorText(error) }, 'marks could not be stored; trying again');
    }
  }

  function trim(): void {
    if (!loaded) return;
    const idle = [...marks].filter(([channel]) => !open.has(channel) && !unread.has(channel));
    const newestFirst = idle.toSorted(([, a], [, b]) => (newer(a, b) ? -1 : 1));
    const direct = newestFirst.filter(([channel]) => kinds.get(channel) === 'dm');
    const inServers = newestFirst.filter(([channel]) => kinds.has(channel) && kinds.get(channel) !== 'dm');
    const late = snowflakeOf(clock() - bounds.maxAgeMs);
    forget(beyond(direct, bounds.maxDirect, snowflakeOf(clock() - bounds.maxDirectAgeMs)));
    const silent = beyond(inServers, bounds.maxInServers, late);
    forget(silent);
    if (silent.length === 0 || !newer(late, firstLook)) return;
    // A forgotten channel must not look like one in which nothing was ever dealt with.
    raised = late;
    firstLook = late;
  }

  function forget(channels: string[]): void {
    for (const channel of channels) {
      for (const known of [marks, kinds, newest, limits]) known.delete(channel);
      changed.add(channel);
    }
  }

  async function storeSince(): Promise<void> {
    await redis.hsetnx(keys.discordMarks, sinceField, firstLook);
  }

  return {
    learn(channel, kind) {
      if (kinds.get(channel) === kind) return;
      kinds.set(channel, kind);
      if (marks.has(channel)) changed.add(channel);
    },
    begin(channel, message) {
      const pending = open.get(channel) ?? new Set();
      open.set(channel, pending.add(message));
      const latest = newest.get(channel);
      if (latest === undefined || newer(message, latest)) newest.set(channel, message);
    },
    done(channel, message) {
      const pending = open.get(channel);
      pending?.delete(message);
      if (pending?.size === 0) open.delete(channel);
      advance(channel);
    },
    hold() {
      held = true;
    },
    missing(channel) {
      unread.add(channel);
    },
    found(channel) {
      unread.delete(channel);
      advance(channel);
    },
    covered(channel, message) {
      limits.set(channel, message);
      advance(channel);
    },
    release() {
      held = false;
      for (const channel of newest.keys()) advance(channel);
    },
    initialise(channel, message) {
      // Before the marks are loaded, this could lead past messages that came while nobody listened.
      if (!loaded || marks.has(channel)) return;
      marks.set(channel, message);
      changed.add(channel);
      void flush();
    },
    async load() {
      const [{ [sinceField]: since, ...stored }, storedKinds, byRedis] = await Promise.all([
        redis.hgetall(keys.discordMarks),
        redis.hgetall(keys.discordMarkKinds),
        redisNow(redis),
      ]);
      // A clock that is ahead would lead past what was missed; a clock that is behind only makes us look at more.
      const now = Math.min(Date.now(), byRedis);
      clock = clockFrom(now);
      const atStart = snowflakeOf(Math.round(now - (performance.now() - begun)));
      firstLook = since ?? (newer(firstLook, atStart) ? atStart : firstLook);
      if (raised !== undefined) firstLook = latest(raised, firstLook);
      if (since === undefined) await storeSince().catch(() => log.debug('the moment of the first look comes later'));
      for (const [channel, mark] of Object.entries(stored)) {
        const known = marks.get(channel);
        if (known === undefined || newer(mark, known)) marks.set(channel, mark);
      }
      for (const [channel, kind] of Object.entries(storedKinds)) {
        if (!kinds.has(channel)) kinds.set(channel, kind as ChannelKind);
      }
      loaded = true;
      trim();
      return { marks: new Map(marks), kinds: new Map(kinds), since: firstLook, now };
    },
    storeSince,
    trim,
    flush,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      clearInterval(trimmer);
      await flush();
    },
  };
}

/** The values of these channels, as far as there are any. */
function pick<V>(values: Map<string, V>, channels: string[]): Record<string, V> {
  return Object.fromEntries(
    channels.flatMap((channel) => {
      const value = values.get(channel);
      return value === undefined ? [] : [[channel, value] as const];
    }),
  );
}

/** Channels (given with the newest first) that are beyond `most`, or whose marks are older than `oldest`. */
function beyond(channels: [channel: string, mark: string][], most: number, oldest: string): string[] {
  return channels.filter(([, mark], index) => index >= most || newer(oldest, mark)).map(([channel]) => channel);
}

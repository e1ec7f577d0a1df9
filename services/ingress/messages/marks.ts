import type { Redis } from 'ioredis';
import { errorText } from '#shared/errors.ts';
import { prefix } from '#shared/keys.ts';
import { createLogger } from '#shared/log.ts';
import { snowflakeOf } from '../delivery/find-posted.ts';

const log = createLogger('marks');

/** Hash: channel → id of the newest message that needs no second look; `since` → where channels without a mark begin. */
const marksKey = `${prefix}:discord:marks`;
const sinceField = 'since';

/** Up to where each channel's messages were dealt with, so that what came later can be caught up with. */
export interface Marks extends AsyncDisposable {
  /** A message came in; until `done` the mark stays before it. */
  begin(channel: string, message: string): void;
  done(channel: string, message: string): void;
  /**
   * Keeps all marks where they are until `release`: while messages may be missing, a newer one that comes by itself must
   * not lead past them. Marks are held from the beginning.
   */
  hold(): void;
  /** Keeps this channel's mark where it is, also after `release`, until `found`: what it has missed cannot be read yet. */
  missing(channel: string): void;
  found(channel: string): void;
  /** Up to this message nothing of the channel is missing any more: its mark may move there although it is held. */
  covered(channel: string, message: string): void;
  /** What was missed has been given to the listener: all marks move on but those of channels that are `missing`. */
  release(): void;
  /** Sets a mark where there is none yet, as soon as the stored ones are known. */
  initialise(channel: string, message: string): void;
  /**
   * All marks: those stored and what has been learnt since. `since`: the moment of the very first call, as a message id;
   * whatever came later in a channel without a mark was missed. Rejects when Redis cannot be read; that it takes no
   * writes does not matter.
   */
  load(): Promise<{ marks: Map<string, string>; since: string }>;
  /** Stores `since` once more where there is none yet. Rejects while Redis takes no writes, and so would take no question either. */
  storeSince(): Promise<void>;
  /** Writes what has changed. */
  flush(): Promise<void>;
}

const flushMs = 1_000;

export function createMarks(redis: Redis): Marks {
  const marks = new Map<string, string>();
  const changed = new Set<string>();
  const open = new Map<string, Set<string>>();
  const newest = new Map<string, string>();
  /** Of held marks: how far each may move. */
  const limits = new Map<string, string>();
  const timer = setInterval(() => void flush(), flushMs);
  let held = true;
  const unread = new Set<string>();
  let loaded = false;
  let firstLook = snowflakeOf(Date.now());

  function advance(channel: string): void {
    const last = newest.get(channel);
    if (last === undefined) return;
    const limit = held || unread.has(channel) ? limits.get(channel) : last;
    if (limit === undefined) return;
    const latest = newer(last, limit) ? limit : last;
    const pending = [...(open.get(channel) ?? [])];
    // Just before the oldest message that is still being dealt with.
    const oldest = pending.reduce((a, b) => (newer(a, b) ? b : a), next(latest));
    const mark = newer(oldest, latest) ? latest : before(oldest);
    const known = marks.get(channel);
    if (known !== undefined && !newer(mark, known)) return;
    marks.set(channel, mark);
    changed.add(channel);
  }

  async function flush(): Promise<void> {
    if (changed.size === 0) return;
    const channels = [...changed];
    changed.clear();
    try {
      await redis.hset(marksKey, Object.fromEntries(channels.map((channel) => [channel, marks.get(channel) ?? '0'])));
    } catch (error) {
      for (const channel of channels) changed.add(channel);
      log.debug({ error: errorText(error) }, 'marks could not be stored; trying again');
    }
  }

  async function storeSince(): Promise<void> {
    await redis.hsetnx(marksKey, sinceField, firstLook);
  }

  return {
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
      // Before that it could lead past messages that came while nobody listened.
      if (!loaded || marks.has(channel)) return;
      marks.set(channel, message);
      changed.add(channel);
      void flush();
    },
    async load() {
      const { [sinceField]: since, ...stored } = await redis.hgetall(marksKey);
      firstLook = since ?? firstLook;
      if (since === undefined) await storeSince().catch(() => log.debug('the moment of the first look comes later'));
      for (const [channel, mark] of Object.entries(stored)) {
        const known = marks.get(channel);
        if (known === undefined || newer(mark, known)) marks.set(channel, mark);
      }
      loaded = true;
      return { marks: new Map(marks), since: firstLook };
    },
    storeSince,
    flush,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await flush();
    },
  };
}

/** Whether snowflake `a` was made after `b`. */
export function newer(a: string, b: string): boolean {
  return BigInt(a) > BigInt(b);
}

function next(id: string): string {
  return (BigInt(id) + 1n).toString();
}

/** The id just before this one. */
export function before(id: string): string {
  return (BigInt(id) - 1n).toString();
}

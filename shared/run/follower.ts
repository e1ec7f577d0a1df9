import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { errorText, InternalError, UpstreamError } from '#shared/ground/errors.ts';
import type { StoredEntry } from './journal-entries.ts';
import { entryTime, isEntryId, parseEntry } from './journal.ts';
import { keys } from '#shared/redis/keys.ts';
import { parseLive, type LiveEvent } from './live.ts';
import { createLogger } from '#shared/process/log.ts';
import { connectRedis } from '#shared/redis/connect.ts';

const log = createLogger('follower');

export type RunEvent = ({ kind: 'entry' } & StoredEntry) | { kind: 'live'; id: string; event: LiveEvent };

export interface RunFollower extends AsyncDisposable {
  /**
   * All events of a run in order: its journal from the beginning (or after `after`), then new events, until the run has
   * ended or `signal` aborts. Text deltas may be missing. No entry of the journal ever is, except kinds that only newer
   * versions know. Throws InternalError (`journal-unreadable`) at an entry that cannot be read, UpstreamError
   * (`run-lost`) when Redis has the run no longer: a failover lost it, or its data was deleted.
   */
  follow(runId: string, options?: { after?: string; signal?: AbortSignal }): AsyncIterable<RunEvent>;
}

interface Subscription {
  runId: string;
  places: Place[];
  events: RunEvent[];
  done: boolean;
  /** The error that ends the events: what comes after the last one cannot be read. */
  failure: unknown;
  /** When its last events came, or that it was looked for, by `performance.now()`. */
  heardAt: number;
  wake: () => void;
}

const lostText =
  'This question is lost: Redis has it no longer, as its data was deleted or a copy took over that had not got it yet. Please ask again; what tools have done for it stays done.';

/** How far a subscription has read one of its two streams. */
interface Place {
  subscription: Subscription;
  stream: string;
  live: boolean;
  id: string;
}

const blockMs = 5_000;
const batch = 500;
const wakeKeyMs = 60_000;
const manyRuns = 20;
/** Milliseconds without an event after which a run is looked for: nothing else would tell that its data was deleted. */
const quietMs = 5_000;
/** Milliseconds by which an event may come later: nobody notices that in text that is being written. */
const pauseMaxMs = 20;

/**
 * Follows any number of runs over one blocking connection. One XREAD reads journals and live streams of all runs;
 * whenever the set of runs changes, an entry in a wake stream of its own ends the read. There is one connection per
 * process, because each further blocked reader costs milliseconds.
 */
export function createFollower(redis: Redis, redisUrl: string): RunFollower {
  const reader = connectRedis(redisUrl, 'follower');
  const wakeKey = keys.wake(randomUUID());
  const subscriptions = new Set<Subscription>();
  /** The readers of each stream: more than one where a run has several followers. */
  const places = new Map<string, Place[]>();
  let wakeId = '0';
  let closed = false;
  let running: Promise<void> | undefined;
  /** False while a read is under way that does not know the runs that are being added. */
  let woken = true;
  let lifeSetAt = -Infinity;

  // The server that is there now may never have got the runs.
  reader.on('ready', () => {
    for (const subscription of subscriptions) if (hasBegun(subscription)) void endIfLost(subscription);
  });

  async function endIfLost(subscription: Subscription): Promise<void> {
    try {
      if ((await redis.exists(keys.run(subscription.runId))) === 1) return;
      subscription.failure = new UpstreamError('run-lost', lostText, { retryable: false });
      subscription.wake();
    } catch (error) {
      log.warn({ error: errorText(error) }, 'whether a run was lost is not known');
    }
  }

  function lookForQuiet(): void {
    const now = performance.now();
    for (const subscription of subscriptions) {
      if (now - subscription.heardAt < quietMs) continue;
      subscription.heardAt = now;
      void endIfLost(subscription);
    }
  }

  function add(subscription: Subscription): void {
    subscriptions.add(subscription);
    for (const place of subscription.places) {
      places.set(place.stream, [...(places.get(place.stream) ?? []), place]);
    }
  }

  function remove(subscription: Subscription): void {
    subscriptions.delete(subscription);
    for (const place of subscription.places) {
      const others = (places.get(place.stream) ?? []).filter((each) => each !== place);
      if (others.length > 0) places.set(place.stream, others);
      else places.delete(place.stream);
    }
  }

  async function wakeReader(): Promise<void> {
    if (woken) return;
    woken = true;
    const commands: Promise<unknown>[] = [redis.xadd(wakeKey, 'MAXLEN', '1', '*', 'w', '1')];
    if (performance.now() - lifeSetAt > wakeKeyMs / 3) {
      lifeSetAt = performance.now();
      commands.push(redis.pexpire(wakeKey, wakeKeyMs));
    }
    try {
      await Promise.all(commands);
    } catch (error) {
      woken = false;
      throw error;
    }
  }

  async function readLoop(): Promise<void> {
    let wait = true;
    // oxlint-disable-next-line no-unmodified-loop-condition -- dispose sets it
    while (!closed && subscriptions.size > 0) {
      try {
        const found = await readOnce(wait);
        lookForQuiet();
        // A read costs in proportion to the runs that are followed, so that with many runs each read is for several
        // events; and while they come, a read that waits for none costs Redis a fraction of one that may have to wait.
        const isBusy = found && subscriptions.size > manyRuns;
        if (isBusy) await sleep(Math.min(subscriptions.size / 16, pauseMaxMs));
        wait = !isBusy;
      } catch (error) {
        if (closed) return;
        log.warn({ error: errorText(error) }, 'following runs was interrupted; going on');
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
    running = undefined;
  }

  /** Reads what is new; with `wait` until there is something. Resolves to whether there was. */
  async function readOnce(wait: boolean): Promise<boolean> {
    woken = !wait;
    const names = [wakeKey];
    const ids = [wakeId];
    for (const [stream, readers] of places) {
      names.push(stream);
      // When a run has two followers, the read begins where the slower one is; `receive` drops what the other has.
      ids.push(readers.map(({ id }) => id).reduce((a, b) => (compareIds(a, b) <= 0 ? a : b)));
    }
    const rows = wait
      ? await reader.xread('COUNT', batch, 'BLOCK', blockMs, 'STREAMS', ...names, ...ids)
      : await reader.xread('COUNT', batch, 'STREAMS', ...names, ...ids);
    woken = true;
    const touched = new Map<Subscription, RunEvent[]>();
    for (const [name, entries] of rows ?? []) {
      if (name === wakeKey) wakeId = entries.at(-1)?.[0] ?? wakeId;
      for (const place of places.get(name) ?? []) {
        const events = touched.get(place.subscription) ?? [];
        touched.set(place.subscription, events);
        receive(place, entries, events);
      }
    }
    for (const [subscription, events] of touched) {
      // No event follows the end: the next read need not ask for this run, and need not be ended for it.
      if (subscription.failure !== undefined || events.some(isEnd)) remove(subscription);
      subscription.events.push(...events.toSorted(inOrder));
      subscription.heardAt = performance.now();
      subscription.wake();
    }
    return touched.size > 0;
  }

  return {
    async *follow(runId, options = {}) {
      const { after = '0' } = options;
      // One place that Redis does not take would end the read of all runs, again and again.
      if (after !== '0' && !isEntryId(after)) throw new InternalError('bad-place', `${after} is no entry's id`);
      const subscription = createSubscription(runId, after);
      const abort = () => {
        subscription.done = true;
        subscription.wake();
      };
      if (options.signal?.aborted) return;
      options.signal?.addEventListener('abort', abort, { once: true });
      add(subscription);
      try {
        if (running) await wakeReader();
        else running = readLoop();
        while (true) {
          for (let event = subscription.events.shift(); event; event = subscription.events.shift()) {
            if (options.signal?.aborted) return;
            yield event;
            if (isEnd(event)) return;
          }
          if (subscription.failure !== undefined) throw subscription.failure;
          if (subscription.done || closed) return;
          await new Promise<void>((resolve) => {
            subscription.wake = resolve;
            if (subscription.events.length > 0 || subscription.done || subscription.failure !== undefined) resolve();
          });
        }
      } finally {
        remove(subscription);
        options.signal?.removeEventListener('abort', abort);
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      for (const subscription of subscriptions) {
        subscription.done = true;
        subscription.wake();
      }
      reader.disconnect();
      await running?.catch(() => undefined);
    },
  };
}

function createSubscription(runId: string, after: string): Subscription {
  const subscription: Subscription = {
    runId,
    places: [],
    events: [],
    done: false,
    failure: undefined,
    heardAt: performance.now(),
    wake: () => undefined,
  };
  subscription.places.push(
    { subscription, stream: keys.journal(runId), live: false, id: after },
    { subscription, stream: keys.live(runId), live: true, id: '0' },
  );
  return subscription;
}

function hasBegun({ places }: Subscription): boolean {
  return places.some(({ live, id }) => !live && id !== '0');
}

function isEnd(event: RunEvent): boolean {
  return event.kind === 'entry' && event.entry.type === 'run.ended';
}

/**
 * Takes in a run's new rows, entry by entry. When a row cannot be read, only followers of this run hear of it, after
 * all events before it.
 */
function receive(place: Place, rows: [string, string[]][], events: RunEvent[]): void {
  for (const [id, fields] of rows) {
    if (compareIds(id, place.id) <= 0) continue;
    try {
      const event = place.live ? liveEvent(id, fields) : journalEvent(id, fields);
      if (event) events.push(event);
    } catch (error) {
      place.subscription.failure = error;
      return;
    }
    place.id = id;
  }
}

function journalEvent(id: string, fields: string[]): RunEvent | undefined {
  const entry = parseEntry(fields);
  return entry && { kind: 'entry', id, entry };
}

function liveEvent(id: string, fields: string[]): RunEvent | undefined {
  const event = parseLive(fields);
  return event && { kind: 'live', id, event };
}

/**
 * Orders by Redis' time. Within a millisecond an answer's entry comes before the deltas of the step after it, and the
 * end comes last.
 */
function inOrder(a: RunEvent, b: RunEvent): number {
  const time = entryTime(a.id) - entryTime(b.id);
  if (time !== 0) return time;
  if (a.kind !== b.kind) return rank(a) - rank(b);
  return compareIds(a.id, b.id);
}

function rank(event: RunEvent): number {
  if (event.kind === 'live') return 1;
  return event.entry.type === 'run.ended' ? 2 : 0;
}

function compareIds(a: string, b: string): number {
  const [aTime = 0, aSeq = 0] = a.split('-').map(Number);
  const [bTime = 0, bSeq = 0] = b.split('-').map(Number);
  return aTime - bTime || aSeq - bSeq;
}

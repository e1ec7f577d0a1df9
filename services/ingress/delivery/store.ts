import type { Redis } from 'ioredis';
import { DroppedError } from '../discord/errors.ts';
import { defineScript, of } from '#shared/redis/script.ts';
import { keys } from '#shared/redis/keys.ts';
import { InternalError } from '#shared/ground/errors.ts';
import { metrics } from '#shared/process/metrics.ts';
import { runKeys } from '#shared/run/fence.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import { decodeRecord, type RunRecord } from '#shared/run/record.ts';
import { scriptEntries, type ScriptEntry } from '#shared/run/script-entries.ts';

/** Milliseconds for which it is known what stands where in Discord; that long a run's messages can be changed. */
export const keepShownMs = 7 * 24 * 3_600_000;

/** What is known about one message of a run: `0`, `1` … for parts of the answer, `approval:<id>` for cards. */
export interface StoredPart {
  /** The message's id, once it stands. */
  message?: string;
  channel?: string;
  /** It was deleted by somebody else, and stays so. */
  deleted?: boolean;
  /** Digest of the body that stands there; absent while it is not known, for example during an edit. */
  digest?: string;
  /** Written by the token of an interaction. */
  hook?: boolean;
  /** When it was first tried, in milliseconds since the epoch. */
  triedAt?: number;
}

/** Where an answer goes instead, because Discord does not take it where it was asked for. */
export interface Moved {
  /** A direct-message channel. */
  channel: string;
  /** Why, in words for the person. */
  words: string;
}

export interface Delivery {
  parts: Map<string, StoredPart>;
  /** Messages that were left unfinished where the question was asked. */
  left: Map<string, StoredPart>;
  moved?: Moved;
  /** What was left out of the question, for the person who asked. */
  warnings: string[];
  /** The whole answer stands. */
  done: boolean;
}

/** What stands of a run, with our turn at showing it. */
export interface Taken extends Delivery {
  turn: number;
}

const partField = 'part:';
const leftField = 'left:';

/** What stands of each run in Discord, and where. */
export interface DeliveryStore {
  read(runId: string): Promise<Delivery>;
  /** Makes the caller the process that shows the run; the one before can write nothing any more. */
  take(runId: string): Promise<Taken>;
  /** As `take`, with the run's record. Undefined, and nothing is taken, when the run is gone. */
  takeRun(runId: string): Promise<{ record: RunRecord; delivery: Taken } | undefined>;
  /** Rejects with OvertakenError when another process has taken the run since that turn. */
  hold(runId: string, turn: number): Promise<void>;
  /**
   * Notes what was just done in Discord. Rejects with OvertakenError like `hold`; the process that has the turn is then
   * told that its message may have been written over.
   */
  write(runId: string, turn: number, name: string, part: StoredPart): Promise<void>;
  /** Notes what is about to be done, in the same way; nothing can have been written over yet. */
  announce(runId: string, turn: number, name: string, part: StoredPart): Promise<void>;
  forget(runId: string, name: string): Promise<void>;
  /** Notes that the answer goes elsewhere; what stands is left where it is. Rejects with OvertakenError like `hold`. */
  move(runId: string, turn: number, moved: Moved): Promise<void>;
  /** Lets the answer be shown once more, in the place where it was asked for and with what was left there. */
  reopen(runId: string): Promise<void>;
  writeWarnings(runId: string, warnings: string[]): Promise<void>;
  /**
   * Notes that the answer stands, here and in the run's journal, and what was just done, as `write` does. `disturbed`:
   * only the latter, because an overtaken process may have written over messages in the meantime, which must be written
   * again. Rejects with OvertakenError like `write`, and with InternalError when the run is gone.
   */
  finish(runId: string, turn: number, end: Finished): Promise<'done' | 'disturbed'>;
  /** Notes that nobody is to show anything more of the run. */
  abandon(runId: string): Promise<void>;
}

/** What is noted when an answer stands. */
export interface Finished {
  /** The part that was written last, unless it is noted already. */
  last: [name: string, part: StoredPart] | undefined;
  delivered: EntryOf<'delivered'>[];
}

type PartArguments = Parameters<DeliveryStore['write']>;

/** Another process now shows this run: it took the job from one that did not renew its lock. */
export class OvertakenError extends DroppedError {
  /** Whether the other process had finished when we wrote: then nobody else is left to repair what we did. */
  readonly finished: boolean;
  constructor(finished: boolean) {
    super('another ingress shows this run by now');
    this.finished = finished;
  }
}

const takeScript = defineScript(new URL('./take.lua', import.meta.url), {
  keys: ['record', 'delivery'],
  args: { needed: of<boolean>(), keepMs: of<number>() },
  reply: of<[record: string[], delivery: string[]]>(),
});

const writeScript = defineScript(new URL('./write.lua', import.meta.url), {
  keys: ['delivery', 'undelivered'],
  args: {
    id: of<string>(),
    turn: of<number>(),
    field: of<string>(),
    value: of<string>(),
    keepMs: of<number>(),
    announced: of<boolean>(),
  },
  reply: of<'written' | 'overtaken' | 'overtaken-when-done'>(),
});

const finishScript = defineScript(new URL('./finish.lua', import.meta.url), {
  keys: ['record', 'journal', 'once', 'results', 'log', 'delivery', 'undelivered'],
  args: {
    id: of<string>(),
    turn: of<number>(),
    field: of<string | undefined>(),
    value: of<string | undefined>(),
    entries: of<ScriptEntry[]>(),
    keepMs: of<number>(),
  },
  reply: of<'done' | 'disturbed' | 'gone' | 'overtaken' | 'overtaken-when-done'>(),
});

const moveScript = defineScript(new URL('./move.lua', import.meta.url), {
  keys: ['delivery'],
  args: { turn: of<number>(), moved: of<string>(), keepMs: of<number>() },
  reply: of<'moved' | 'overtaken'>(),
});

const reopenScript = defineScript(new URL('./reopen.lua', import.meta.url), {
  keys: ['record', 'delivery', 'undelivered'],
  args: { id: of<string>() },
  reply: of<number>(),
});

export function createDeliveryStore(redis: Redis): DeliveryStore {
  async function set(runId: string, field: string, value: string): Promise<void> {
    const key = keys.delivery(runId);
    await redis.pipeline().hset(key, field, value).pexpire(key, keepShownMs).exec();
  }
  async function writePart(announced: boolean, ...[runId, turn, name, part]: PartArguments): Promise<void> {
    const state = await writeScript(
      redis,
      { delivery: keys.delivery(runId), undelivered: keys.undelivered },
      { id: runId, turn, ...fieldOf(name, part), keepMs: keepShownMs, announced },
    );
    if (state !== 'written') throw new OvertakenError(state === 'overtaken-when-done');
  }
  async function taken(runId: string, needed: boolean): Promise<[record: Record<string, string>, delivery: Taken]> {
    const at = { record: keys.run(runId), delivery: keys.delivery(runId) };
    const [record, delivery] = (await takeScript(redis, at, { needed, keepMs: keepShownMs })).map(hashOf);
    return [record ?? {}, { ...decode(delivery ?? {}), turn: Number(delivery?.['turn']) }];
  }
  return {
    read: async (runId) => decode(await redis.hgetall(keys.delivery(runId))),
    take: async (runId) => (await taken(runId, false))[1],
    async takeRun(runId) {
      const [raw, delivery] = await taken(runId, true);
      const record = decodeRecord(runId, raw);
      return record && { record, delivery };
    },
    async hold(runId, turn) {
      if (Number(await redis.hget(keys.delivery(runId), 'turn')) !== turn) throw new OvertakenError(false);
    },
    write: (...part) => writePart(false, ...part),
    announce: (...part) => writePart(true, ...part),
    async forget(runId, name) {
      await redis.hdel(keys.delivery(runId), `${partField}${name}`);
    },
    async move(runId, turn, moved) {
      const args = { turn, moved: JSON.stringify(moved), keepMs: keepShownMs };
      const state = await moveScript(redis, { delivery: keys.delivery(runId) }, args);
      if (state === 'overtaken') throw new OvertakenError(false);
    },
    async reopen(runId) {
      const delivery = { record: keys.run(runId), delivery: keys.delivery(runId), undelivered: keys.undelivered };
      await reopenScript(redis, delivery, { id: runId });
    },
    writeWarnings: (runId, warnings) => set(runId, 'warnings', JSON.stringify(warnings)),
    async abandon(runId) {
      await set(runId, 'done', '1');
      await redis.zrem(keys.undelivered, runId);
    },
    async finish(runId, turn, { last, delivered }) {
      const { field, value } = last ? fieldOf(...last) : {};
      const state = await finishScript(
        redis,
        { ...runKeys(runId), log: keys.audit, delivery: keys.delivery(runId), undelivered: keys.undelivered },
        { id: runId, turn, field, value, entries: scriptEntries(runId, delivered), keepMs: keepShownMs },
      );
      if (state === 'done') metrics.journalAppends.inc({}, delivered.length);
      if (state === 'done' || state === 'disturbed') return state;
      if (state === 'gone') throw new InternalError('run-gone', `run ${runId} is not stored any more`);
      throw new OvertakenError(state === 'overtaken-when-done');
    },
  };
}

function fieldOf(name: string, part: StoredPart): { field: string; value: string } {
  return { field: `${partField}${name}`, value: JSON.stringify(part) };
}

function hashOf(flat: string[]): Record<string, string> {
  return Object.fromEntries(flat.flatMap((field, at) => (at % 2 === 0 ? [[field, flat[at + 1] ?? '']] : [])));
}

function decode(raw: Record<string, string>): Delivery {
  const { moved } = raw;
  return {
    parts: partsIn(raw, partField),
    left: partsIn(raw, leftField),
    ...(moved !== undefined && { moved: JSON.parse(moved) as Moved }),
    warnings: JSON.parse(raw['warnings'] ?? '[]') as string[],
    done: raw['done'] === '1',
  };
}

function partsIn(raw: Record<string, string>, prefix: string): Map<string, StoredPart> {
  const fields = Object.entries(raw).filter(([field]) => field.startsWith(prefix));
  return new Map(fields.map(([field, value]) => [field.slice(prefix.length), JSON.parse(value) as StoredPart]));
}

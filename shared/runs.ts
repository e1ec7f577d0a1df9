import type { Redis } from 'ioredis';
import { auditLua } from './audit/rows.ts';
import { errorText } from './errors.ts';
import type { EntryOf, JournalEntryInput } from './journal-entries.ts';
import { appendEntry, entryArguments, seedArguments } from './journal.ts';
import { keys } from './keys.ts';
import { createLogger } from './log.ts';
import type { Queues } from './queues.ts';
import { redisNow } from './redis.ts';
import { defineScript } from './redis-script.ts';
import { resumeLua } from './resume-lua.ts';
import {
  callerKey,
  runRequestSchema,
  type RunOutcome,
  type RunRequest,
  type RunRequestInput,
  type RunStatus,
} from './run.ts';
import { ownHistory } from './talks.ts';

const log = createLogger('runs');

/** What is known of a run at a glance. The journal holds the rest. */
export interface RunRecord {
  id: string;
  status: RunStatus;
  request: RunRequest;
  /** Number of the talk in its conversation that it belongs to. */
  talk: number;
  /** Grows with each claim; writers of smaller epochs are refused. 0: never claimed. */
  epoch: number;
  /** Milliseconds since the epoch, by Redis' clock. */
  acceptedAt: number;
  endedAt?: number;
  outcome?: RunOutcome;
  /** Kind of failure, for operators. */
  reason?: string;
  /** Who asked for the stop. */
  stop?: string;
  /** Why its answer does not stand in Discord. */
  undeliverable?: EntryOf<'undeliverable'>['failure'];
  /** The run that answers in this one's place. */
  replayedBy?: string;
}

export interface Accepted {
  runId: string;
  /** False when this request had been accepted before. */
  fresh: boolean;
  /** Runs of the same conversation that are to be answered before this one. */
  ahead: number;
  /** A new talk has begun since `options.talk`: nothing was stored. */
  outdated?: true;
}

export interface AcceptOptions {
  /** Entries that the journal begins with after the request, for runs that replay another one. */
  seed?: JournalEntryInput[];
  /** The talk that the request's context was read for. */
  talk?: number;
}

/**
 * Stores a run with the first entry of its journal, puts it at the end of its conversation's line and remembers
 * that its jobs have yet to be queued: all or nothing.
 */
const acceptScript = defineScript(
  10,
  `
  ${auditLua}
  local record, journal, once, line, inflight, recent, unqueued, talks, replayed, log = unpack(KEYS)
  local id, request, entry, source, who, expected = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
  if redis.call('EXISTS', record) == 1 then return {0, 0, 0} end
  local talk = redis.call('HGET', replayed, 'talk') or redis.call('HGET', talks, 'number') or '0'
  if expected ~= '' and expected ~= talk then return {-1, 0, 0} end
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('HSET', record, 'status', 'queued', 'request', request, 'epoch', 0, 'acceptedAt', now, 'source', source,
    'who', who, 'talk', talk)
  local first = redis.call('XADD', journal, '*', 'e', entry)
  redis.call('HSET', once, 'run.accepted', first)
  for i = 7, #ARGV, 3 do
    local copied = redis.call('XADD', journal, '*', 'e', ARGV[i + 1])
    if ARGV[i] ~= '' then redis.call('HSET', once, ARGV[i], copied) end
    if ARGV[i + 2] ~= '' then audit(log, id, who, ARGV[i + 2]) end
  end
  local length = redis.call('RPUSH', line, id)
  redis.call('SADD', inflight, id)
  redis.call('ZADD', recent, now, id)
  redis.call('ZADD', unqueued, now, id)
  return {1, length - 1, redis.call('SCARD', inflight)}
`,
);

/**
 * Accepts a request: durable once this resolves. Adds the job of `runs` when no earlier run of the conversation
 * is unanswered, and for Discord the job of `replies`. Rejects when Redis does not confirm: then nothing is promised.
 * It belongs to the talk that its conversation is at, a replay to that of the run that it replays.
 */
export async function acceptRun(
  redis: Redis,
  queues: Queues,
  input: RunRequestInput,
  options: AcceptOptions = {},
): Promise<Accepted> {
  const request = runRequestSchema.parse(input);
  const caller = callerKey(request.caller);
  const entry = JSON.stringify({ type: 'run.accepted', request });
  const [fresh, ahead, inflight] = await acceptScript<[number, number, number]>(
    redis,
    [
      keys.run(request.id),
      keys.journal(request.id),
      keys.once(request.id),
      keys.line(request.conversation),
      keys.inflight(caller),
      keys.recent,
      keys.unqueued,
      keys.talk(request.conversation),
      keys.run(request.replayOf ?? request.id),
      keys.audit,
    ],
    [
      request.id,
      JSON.stringify(request),
      entry,
      request.caller.kind,
      `${caller} ${request.caller.name}`.trimEnd(),
      options.talk ?? '',
      ...seedArguments(options.seed ?? []),
    ],
  );
  if (fresh === -1) return { runId: request.id, fresh: false, ahead: 0, outdated: true };
  if (fresh === 1) {
    // Durable from here on: where its jobs cannot be added now, the sweeper adds them.
    const adding = enqueue(redis, queues, request, { head: ahead === 0, inflight });
    await adding.catch((error: unknown) => log.warn({ run: request.id, error: errorText(error) }, 'jobs come later'));
  }
  return { runId: request.id, fresh: fresh === 1, ahead };
}

/** Adds what jobs an accepted run should have, then forgets that they were missing. Harmless when repeated. */
async function enqueue(
  redis: Redis,
  queues: Queues,
  request: RunRequest,
  state: { head: boolean; inflight: number; resumption?: number },
): Promise<void> {
  const suffix = state.resumption ? `~${state.resumption}` : '';
  const adding: Promise<void>[] = [];
  if (state.head) {
    // Fair between callers: the more a caller has under way, the later his next run comes.
    const priority = Math.min(Math.max(state.inflight, 1), 100_000);
    const job = { runId: request.id, conversation: request.conversation };
    adding.push(queues.add('run', job, { jobId: `${request.id}${suffix}`, priority }));
  }
  if (request.discord && !state.resumption)
    adding.push(queues.add('reply', { runId: request.id }, { jobId: request.id }));
  await Promise.all(adding);
  await redis.zrem(keys.unqueued, request.id);
}

/**
 * Ends a run: last journal entry, record, lists, and the next of its conversation's line, all or nothing. Of a call that
 * nobody knows the result of the audit log says so.
 */
const endScript = defineScript(
  11,
  `
  ${auditLua}
  local record, journal, once, line, inflight, unqueued, failed, live, history, conversations, log = unpack(KEYS)
  ${ownHistory}
  local id, epoch, outcome, reason, entry, keepMs, conversation, lines, keepLines, keepLinesMs = unpack(ARGV)
  local current = redis.call('HMGET', record, 'status', 'epoch')
  if not current[1] then return {'gone', ''} end
  if current[1] == 'ended' then return {'ended', ''} end
  if current[2] ~= epoch then return {'fenced', ''} end
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('HSET', record, 'status', 'ended', 'outcome', outcome, 'reason', reason, 'endedAt', now)
  for i = 11 + lines, #ARGV, 3 do
    if ARGV[i] == '' or redis.call('HEXISTS', once, ARGV[i]) == 0 then
      local before = redis.call('XADD', journal, '*', 'e', ARGV[i + 1])
      if ARGV[i] ~= '' then redis.call('HSET', once, ARGV[i], before) end
      if ARGV[i + 2] ~= '' then audited(log, record, once, id, ARGV[i], ARGV[i + 2]) end
    end
  end
  for _, key in ipairs(redis.call('HKEYS', once)) do
    local step, call = string.match(key, '^intent:(%d+):(%d+)$')
    if step and redis.call('HEXISTS', once, 'result:' .. step .. ':' .. call) == 0 then
      local open = 'outcome {"step":' .. step .. ',"call":' .. call .. ',"outcome":"unknown"}'
      audited(log, record, once, id, '', open)
    end
  end
  local last = redis.call('XADD', journal, '*', 'e', entry)
  redis.call('HSET', once, 'run.ended', last)
  history = own(history)
  for i = 11, 10 + lines do redis.call('RPUSH', history, ARGV[i]) end
  if tonumber(lines) > 0 then
    redis.call('LTRIM', history, -keepLines, -1)
    redis.call('PEXPIRE', history, keepLinesMs)
    redis.call('ZADD', conversations, now, own(conversation))
  end
  redis.call('LREM', line, 1, id)
  redis.call('SREM', inflight, id)
  redis.call('PEXPIRE', live, 60000)
  if keepMs == '0' then
    redis.call('ZADD', failed, now, id)
  else
    for _, key in ipairs({record, journal, once}) do redis.call('PEXPIRE', key, keepMs) end
  end
  local head = redis.call('LINDEX', line, 0)
  if head then redis.call('ZADD', unqueued, now, head) end
  return {'ok', head or ''}
`,
);

/** How long the records of runs that did not fail are kept unless configured, in milliseconds. */
export const keepRunsMs = 7 * 24 * 3_600_000;

/** What goes into the records together with the end of a run: all or nothing, once. */
export interface EndExtras {
  /** Entries of the worker that are not in the journal yet. */
  before?: JournalEntryInput[];
  /** Milliseconds that a run which did not fail is kept; failed ones stay until they are discarded or too old. */
  keepMs?: number;
  /** Lines for the conversation's history; of all its lines the newest `keep` stay, for `ttlMs` from now. */
  history?: { lines: string[]; keep: number; ttlMs: number };
}

/**
 * Ends the run and lets the next one of its conversation go. Returns false when the run had ended already or
 * another worker holds it.
 */
export async function endRun(
  redis: Redis,
  queues: Queues,
  request: RunRequest,
  epoch: number,
  entry: EntryOf<'run.ended'>,
  extras: EndExtras = {},
): Promise<boolean> {
  const { lines, keep, ttlMs } = extras.history ?? { lines: [], keep: 0, ttlMs: 0 };
  // What a dry run comes to concerns nobody but who watches it.
  const listed = entry.outcome === 'failed' && !request.dryRun;
  const [state, head] = await endScript<[string, string]>(
    redis,
    [
      keys.run(request.id),
      keys.journal(request.id),
      keys.once(request.id),
      keys.line(request.conversation),
      keys.inflight(callerKey(request.caller)),
      keys.unqueued,
      keys.failed,
      keys.live(request.id),
      keys.history(request.conversation),
      keys.conversations,
      keys.audit,
    ],
    [
      request.id,
      epoch,
      entry.outcome,
      entry.reason ?? '',
      JSON.stringify(entry),
      listed ? 0 : (extras.keepMs ?? keepRunsMs),
      request.conversation,
      lines.length,
      keep,
      ttlMs,
      ...lines,
      ...entryArguments(extras.before ?? []),
    ],
  );
  if (state !== 'ok') return false;
  if (head !== '') await enqueueHead(redis, queues, head);
  return true;
}

async function enqueueHead(redis: Redis, queues: Queues, runId: string): Promise<void> {
  const record = await readRun(redis, runId);
  if (!record) return;
  const inflight = await redis.scard(keys.inflight(callerKey(record.request.caller)));
  await enqueue(redis, queues, record.request, { head: true, inflight });
}

const suspendScript = defineScript(
  2,
  `
  local record, unqueued = KEYS[1], KEYS[2]
  local current = redis.call('HMGET', record, 'status', 'epoch')
  if current[1] ~= 'running' or current[2] ~= ARGV[1] then return 0 end
  redis.call('HSET', record, 'status', 'waiting')
  local time = redis.call('TIME')
  redis.call('ZADD', unqueued, time[1] * 1000 + math.floor(time[2] / 1000), ARGV[2])
  return 1
`,
);

/**
 * Marks the run as waiting for a human; its job ends. The caller then resumes it if it is decided, for the human may have
 * been faster; the sweeper does so where the caller died before.
 */
export async function suspendRun(redis: Redis, runId: string, epoch: number): Promise<boolean> {
  return (await suspendScript<number>(redis, [keys.run(runId), keys.unqueued], [epoch, runId])) === 1;
}

const resumeScript = defineScript(
  3,
  `
  ${resumeLua}
  local record, once, unqueued = unpack(KEYS)
  local id, which = ARGV[1], ARGV[2]
  if which == 'decided' and redis.call('HGET', record, 'status') == 'waiting' and hasOpenQuestion(once) then
    redis.call('ZREM', unqueued, id)
    return 0
  end
  return resume(record, unqueued, id)
`,
);

/** Queues a waiting run again; does nothing when it is not waiting, or for `decided` when one of its questions is open. */
export async function resumeRun(
  redis: Redis,
  queues: Queues,
  runId: string,
  which: 'any' | 'decided' = 'any',
): Promise<boolean> {
  const itsKeys = [keys.run(runId), keys.once(runId), keys.unqueued];
  const epoch = await resumeScript<number>(redis, itsKeys, [runId, which]);
  await enqueueResumed(redis, queues, runId, epoch);
  return epoch > 0;
}

/** Adds the job of a run that a script has resumed. `epoch`: what `resumeLua` returned; 0 adds nothing. */
export async function enqueueResumed(redis: Redis, queues: Queues, runId: string, epoch: number): Promise<void> {
  if (epoch === 0) return;
  try {
    const record = await readRun(redis, runId);
    if (record) await enqueue(redis, queues, record.request, { head: true, inflight: 1, resumption: epoch });
  } catch (error) {
    // That the run goes on is stored: where its job cannot be added now, the sweeper adds it.
    log.warn({ run: runId, error: errorText(error) }, 'a resumed run gets its job later');
  }
}

/** The run's record; undefined when unknown or cleaned away. */
export async function readRun(redis: Redis, runId: string): Promise<RunRecord | undefined> {
  const raw = await redis.hgetall(keys.run(runId));
  if (raw['request'] === undefined) return undefined;
  const record: RunRecord = {
    id: runId,
    status: raw['status'] as RunStatus,
    request: runRequestSchema.parse(JSON.parse(raw['request'])),
    talk: Number(raw['talk'] ?? 0),
    epoch: Number(raw['epoch']),
    acceptedAt: Number(raw['acceptedAt']),
  };
  if (raw['endedAt']) record.endedAt = Number(raw['endedAt']);
  if (raw['outcome']) record.outcome = raw['outcome'] as RunOutcome;
  if (raw['reason']) record.reason = raw['reason'];
  if (raw['stop']) record.stop = raw['stop'];
  if (raw['undeliverable']) record.undeliverable = raw['undeliverable'] as EntryOf<'undeliverable'>['failure'];
  if (raw['replayedBy']) record.replayedBy = raw['replayedBy'];
  return record;
}

/** Notes in journal and record that a run's answer will not stand in Discord. */
export async function noteUndeliverable(redis: Redis, runId: string, entry: EntryOf<'undeliverable'>): Promise<void> {
  await appendEntry(redis, runId, entry);
  await redis.hset(keys.run(runId), 'undeliverable', entry.failure);
}

/**
 * Adds the jobs that a crash between storing and queueing kept away. Looks only at runs stored more than
 * `olderThanMs` ago, so that it does not race with the doors. Returns how many runs it looked after.
 */
export async function sweepUnqueued(redis: Redis, queues: Queues, olderThanMs = 3_000): Promise<number> {
  const now = await redisNow(redis);
  const runIds = await redis.zrangebyscore(keys.unqueued, 0, now - olderThanMs, 'LIMIT', 0, 200);
  for (const runId of runIds) {
    const record = await readRun(redis, runId);
    if (!record || record.status === 'ended' || record.status === 'running') {
      if (record?.request.discord) await queues.add('reply', { runId }, { jobId: runId });
      await redis.zrem(keys.unqueued, runId);
      continue;
    }
    if (record.status === 'waiting') {
      await resumeRun(redis, queues, runId, 'decided');
      continue;
    }
    const head = (await redis.lindex(keys.line(record.request.conversation), 0)) === runId;
    const inflight = await redis.scard(keys.inflight(callerKey(record.request.caller)));
    const resumption = record.epoch > 0 ? { resumption: record.epoch } : {};
    await enqueue(redis, queues, record.request, { head, inflight, ...resumption });
  }
  return runIds.length;
}

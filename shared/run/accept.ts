import type { JournalEntryInput } from './journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import { jobToAdd, type JobToAdd } from '#shared/queue/queues.ts';
import { queueKey } from '#shared/redis/keys.ts';
import { defineScript, longText, of, type Text } from '#shared/redis/script.ts';
import { callerKey, runRequestSchema, whoOf, type RunRequestInput } from './request.ts';
import { turns } from './enqueue.ts';
import { runKeys } from './fence.ts';
import { recentLists } from './lists.ts';
import type { RunParts } from './parts.ts';
import { scriptEntries, seedEntries, type ScriptEntry } from './script-entries.ts';
import { keepTalkMs } from './talks.ts';

export interface Accepted {
  runId: string;
  /** False when this request had been accepted before. */
  fresh: boolean;
  /** Runs of the same conversation that will be answered before this one. */
  ahead: number;
  /** A new talk has begun since `options.talk`, so nothing was stored. */
  outdated?: true;
  /** A limit of `options.limits` was reached, so nothing was stored: what there is too much of. */
  /** The API key of `options.key` has changed since it was read, so nothing was stored. */
  keyChanged?: true;
  tooMany?: { what: 'requests'; waitMs: number } | { what: 'pending'; count: number };
}

/** What a caller may have, looked at in the step that stores the run. */
export interface AcceptLimits {
  /** Requests in a time, of which this one is counted. */
  requests?: RateLimit;
  /** Runs that have not ended. */
  pending: number;
}

export interface RateLimit {
  most: number;
  withinMs: number;
}

/** An API key as it was read before: its id, and all that is stored of it. */
export interface StoredKeyText {
  id: string;
  text: string;
}

export interface AcceptOptions {
  /** Entries that follow the request in the journal of a run that replays another one. */
  seed?: JournalEntryInput[];
  /** The talk that the request's context was read for. */
  talk?: number;
  limits?: AcceptLimits;
  /** The key that asks, where it was not read for this request: it must be stored like this still. */
  key?: StoredKeyText;
}

const acceptScript = defineScript(new URL('./accept.lua', import.meta.url), {
  keys: [
    'record',
    'journal',
    'once',
    'results',
    'line',
    'inflight',
    'recent',
    'recentOfId',
    'recentOfName',
    'open',
    'undelivered',
    'talks',
    'replayed',
    'log',
    'runs',
    'replies',
    'rate',
    'apiKeys',
  ],
  args: {
    id: of<string>(),
    request: of<Text>(),
    entries: of<ScriptEntry[]>(),
    source: of<string>(),
    who: of<string>(),
    conversation: of<string>(),
    /** '' where the request was made for no talk in particular. */
    talk: of<string>(),
    keepTalkMs: of<number>(),
    runJob: of<JobToAdd>(),
    /** Undefined where nothing is to be shown in Discord. */
    replyJob: of<JobToAdd | undefined>(),
    turns: of<typeof turns>(),
    limits: of<AcceptLimits | undefined>(),
    key: of<{ id: string; text: Text } | undefined>(),
  },
  reply:
    of<
      [
        state: 'accepted' | 'key-changed' | 'known' | 'outdated' | 'too-many-requests' | 'too-many-pending',
        number: number,
      ]
    >(),
});

/**
 * Accepts a request, which is durable once this resolves. Its jobs stand in the same step: `run` when no earlier run of
 * the conversation is unanswered, and `reply` for Discord. Rejects when Redis does not confirm; then nothing is
 * promised. The run belongs to the talk that its conversation is at; a replay belongs to the talk of the run that it
 * replays.
 */
export async function acceptRun(
  { redis }: RunParts,
  input: RunRequestInput,
  options: AcceptOptions = {},
): Promise<Accepted> {
  const request = runRequestSchema.parse(input);
  const { id, conversation, caller } = request;
  const [state, number] = await acceptScript(
    redis,
    {
      ...runKeys(id),
      line: keys.line(conversation),
      inflight: keys.inflight(callerKey(caller)),
      ...recentLists(caller),
      open: keys.open,
      undelivered: keys.undelivered,
      talks: keys.talk(conversation),
      replayed: keys.run(request.replayOf ?? id),
      log: keys.audit,
      runs: queueKey('runs'),
      replies: queueKey('replies'),
      rate: keys.requestRate(callerKey(caller)),
      apiKeys: keys.apiKeys,
    },
    {
      id,
      request: longText(JSON.stringify(request)),
      entries: [...scriptEntries(id, [{ type: 'run.accepted', request }]), ...seedEntries(options.seed ?? [])],
      source: caller.kind,
      who: whoOf(caller),
      conversation,
      talk: options.talk === undefined ? '' : String(options.talk),
      keepTalkMs,
      runJob: jobToAdd('run', id, { runId: id }),
      replyJob: request.discord && jobToAdd('reply', id, { runId: id }),
      turns,
      limits: options.limits,
      key: options.key && { id: options.key.id, text: longText(options.key.text) },
    },
  );
  const stored = { runId: id, fresh: state === 'accepted', ahead: state === 'accepted' ? number : 0 };
  if (state === 'key-changed') return { ...stored, keyChanged: true };
  if (state === 'outdated') return { ...stored, outdated: true };
  if (state === 'too-many-requests') return { ...stored, tooMany: { what: 'requests', waitMs: number } };
  if (state === 'too-many-pending') return { ...stored, tooMany: { what: 'pending', count: number } };
  return stored;
}

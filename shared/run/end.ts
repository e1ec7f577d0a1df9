import type { EntryOf, JournalEntryInput } from './journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, longText, of, type Text } from '#shared/redis/script.ts';
import { callerKey, type RunRequest, type RunStatus } from './request.ts';
import { enqueueRun } from './enqueue.ts';
import { runKeys, type Fence } from './fence.ts';
import { failedLists } from './lists.ts';
import { keepUsageMs, monthOf, usageRows, usedBy } from './usage.ts';
import type { RunParts } from './parts.ts';
import { scriptEntries, type ScriptEntry } from './script-entries.ts';
import { fromStates } from './transitions.ts';

/** What is stored together with the end of a run: all or nothing, once. */
export interface EndExtras {
  /** Entries of the worker that are not in the journal yet. */
  before?: JournalEntryInput[];
  /** The caller's roles; those that its door has established when absent. */
  roles?: string[];
  /** Lines for the history of this name. The newest `keep` of all its lines stay, for `ttlMs` milliseconds from now. */
  history?: { name: string; lines: string[]; keep: number; ttlMs: number };
}

const endScript = defineScript(new URL('./end.lua', import.meta.url), {
  keys: [
    'record',
    'journal',
    'once',
    'results',
    'line',
    'inflight',
    'spending',
    'open',
    'unqueued',
    'failed',
    'failedOfId',
    'failedOfName',
    'failedFor',
    'live',
    'history',
    'conversations',
    'usage',
    'serverUsage',
    'unstored',
    'log',
  ],
  args: {
    id: of<string>(),
    epoch: of<number>(),
    token: of<string>(),
    from: of<Partial<Record<RunStatus, true>>>(),
    to: of<RunStatus>(),
    outcome: of<string>(),
    reason: of<string>(),
    entries: of<ScriptEntry[]>(),
    /** Whether it goes into the list of failed runs. */
    listed: of<boolean>(),
    /** Whether it is forgotten soon. */
    forgotten: of<boolean>(),
    historyName: of<string>(),
    lines: of<Text[]>(),
    keepLines: of<number>(),
    keepLinesMs: of<number>(),
    /** Rows of the month's usage in which it counts. */
    counted: of<string[]>(),
    used: of<Record<string, number>>(),
    /** Whether it was asked in a Discord server. */
    inServer: of<boolean>(),
    keepUsageMs: of<number>(),
  },
  reply: of<[state: 'ended-now' | 'ended' | 'gone' | 'fenced' | RunStatus, head: string]>(),
});

/**
 * Ends the run and lets the next one of its conversation go. Returns false when the run had ended already or
 * another worker holds it.
 */
export async function endRun(
  parts: RunParts,
  request: RunRequest,
  fence: Fence,
  entry: EntryOf<'run.ended'>,
  extras: EndExtras = {},
): Promise<boolean> {
  const { id, conversation } = request;
  const { guild } = request.caller;
  const { name, lines, keep, ttlMs } = extras.history ?? { name: conversation, lines: [], keep: 0, ttlMs: 0 };
  const [state, head] = await endScript(
    parts.redis,
    {
      ...runKeys(id),
      line: keys.line(conversation),
      inflight: keys.inflight(callerKey(request.caller)),
      spending: keys.spending(callerKey(request.caller)),
      open: keys.open,
      unqueued: keys.unqueued,
      ...failedLists(request.caller, entry.reason ?? ''),
      live: keys.live(id),
      history: keys.history(name),
      conversations: keys.conversations,
      usage: keys.usage(monthOf(Date.now())),
      serverUsage: keys.serverUsage(`${guild ?? ''}:${monthOf(Date.now())}`),
      unstored: keys.unstored,
      log: keys.audit,
    },
    {
      id,
      epoch: fence.epoch,
      token: fence.token,
      from: fromStates('end'),
      to: 'ended',
      outcome: entry.outcome,
      reason: entry.reason ?? '',
      entries: scriptEntries(id, [...(extras.before ?? []), entry]),
      // The outcome of a dry run matters only to the person who watches it.
      listed: entry.outcome === 'failed' && !request.dryRun,
      // A failed run is an operator's until it is replayed, discarded or too old.
      forgotten: request.unstored === true && entry.outcome !== 'failed',
      historyName: name,
      lines: lines.map(longText),
      keepLines: keep,
      keepLinesMs: ttlMs,
      counted: usageRows(request.caller, extras.roles),
      used: usedBy(entry.usage),
      inServer: guild !== undefined,
      keepUsageMs,
    },
  );
  if (state !== 'ended-now') return false;
  if (head !== '') await enqueueRun(parts, head);
  return true;
}

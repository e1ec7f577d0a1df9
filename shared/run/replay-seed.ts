import { writtenArgumentsHash } from './arguments-hash.ts';
import type { EntryOf, JournalEntry, JournalEntryInput } from './journal-entries.ts';
import { noUsage } from './request.ts';
import { callName, type CallPlace, type CallState, type RunState } from './fold/run-state.ts';

/** Where a replay begins: anew, or after the last step that was completed. */
export type ReplayFrom = 'start' | 'failed-step';

export interface SeedOptions {
  of: string;
  from: ReplayFrom;
  by: string;
  /** Calls to make once more although their results are recorded. */
  again: CallPlace[];
  /** Reads are answered from the record as well, because a dry run calls nothing. */
  dryRun: boolean;
}

/** Reasons for which a run ends because of its newest answer: that answer is what failed. */
const answerFailed = new Set(['single-shot', 'iterations', 'useless-calls', 'empty-answers']);

/**
 * The entries that follow the request in the journal of a replay. `past` is the run that is replayed. The kept steps
 * are copied. Calls of the other steps that had an effect are handed on as `replay.recorded`, so that the same call is
 * answered from the record and not made.
 */
export function seedOf(past: RunState, options: SeedOptions): JournalEntryInput[] {
  const steps = keptSteps(past, options);
  const { of, from, by, again } = options;
  const began: EntryOf<'replay.began'> = { type: 'replay.began', of, from, steps, by };
  return [began, ...copies(past, steps, again), ...carried(past, again), ...recorded(past, steps, options)];
}

function keptSteps(past: RunState, { from, again }: SeedOptions): number {
  if (from === 'start') return 0;
  const whole = past.steps.length - (answerFailed.has(past.ended?.reason ?? '') ? 1 : 0);
  // When a call is made once more, what the model said after it rests on the old result and is not kept.
  return Math.max(0, Math.min(whole, ...again.map(({ step }) => step + 1)));
}

/** The kept steps, without the costs and times of the run that made them. */
function copies(past: RunState, steps: number, again: CallPlace[]): JournalEntry[] {
  const open = openCalls(past, steps, again);
  const entries: JournalEntry[] = [];
  for (const { answer, calls } of past.steps.slice(0, steps)) {
    const { firstTokenMs: _, ...rest } = answer;
    entries.push({ ...rest, usage: noUsage });
    for (const call of calls) {
      if (open.has(call)) continue;
      entries.push(...decisionsAbout(past, call), ...[call.intent, call.result].filter((entry) => entry !== undefined));
    }
  }
  return entries;
}

/**
 * Calls of the newest kept step that are open again, because the model has not seen their results or must not see them:
 * calls to be repeated, calls that nobody allowed in time, and calls that were stopped without effect.
 */
function openCalls(past: RunState, steps: number, again: CallPlace[]): Set<CallState> {
  const open = new Set(again.flatMap((place) => past.calls.get(callName(place)) ?? []));
  if (past.steps.length !== steps) return open;
  for (const call of past.steps.at(-1)?.calls ?? []) {
    const { intent, result } = call;
    const late = result?.outcome === 'refused' && decisionsAbout(past, call).some(isExpiry);
    const untouched = result?.outcome === 'stopped' || (!result && intent?.readOnly === true);
    if (late || untouched) open.add(call);
  }
  return open;
}

/** The answered questions about the call, with their answers. An open question is left out and asked anew. */
function decisionsAbout({ approvals, questions }: RunState, { step, call }: CallPlace): JournalEntry[] {
  const replies = [...questions.values()].flatMap(({ asked, answered }) =>
    answered && asked.step === step && asked.call === call ? [asked, answered] : [],
  );
  const decided = [...approvals.values()].flatMap(({ requested, decided: verdict }) =>
    verdict && requested.step === step && requested.call === call ? [requested, verdict] : [],
  );
  return [...decided, ...replies];
}

function isExpiry(entry: JournalEntry): boolean {
  return entry.type === 'approval.decided' && entry.decision === 'expired';
}

/** What the replayed run had been handed on itself: a replay of a replay repeats nothing of the first run either. */
function carried(past: RunState, again: CallPlace[]): JournalEntry[] {
  // A call without an intent was answered from such a record, so naming that call means the record's call.
  const named = again.flatMap((place) => {
    const call = past.calls.get(callName(place));
    return call && !call.intent ? [`${call.tool} ${hashOf(call)}`] : [];
  });
  return past.recorded.map((entry) => {
    const at = named.indexOf(`${entry.tool} ${entry.argumentsHash}`);
    if (at === -1) return entry;
    named.splice(at, 1);
    const { result: _, ...rest } = entry;
    return { ...rest, again: true };
  });
}

function recorded(past: RunState, steps: number, options: SeedOptions): JournalEntry[] {
  const named = new Set(options.again.map(callName));
  const entries: JournalEntry[] = [];
  for (const each of past.calls.values()) {
    const { step, call, intent, result } = each;
    if (!intent || step < steps || !(options.dryRun ? result : mayHaveActed(each))) continue;
    const place = { run: options.of, step, call };
    const common = { type: 'replay.recorded' as const, ...place, tool: intent.tool, argumentsHash: hashOf(each) };
    if (named.has(callName(each))) entries.push({ ...common, again: true });
    else if (result) entries.push({ ...common, result: resultOf(result) });
    else entries.push(common);
  }
  return entries;
}

/** True unless the call is known to have changed nothing. */
function mayHaveActed({ intent, result }: CallState): boolean {
  if (!intent || intent.readOnly === true) return false;
  return !result || result.outcome === 'ok' || result.outcome === 'interrupted';
}

function resultOf({ outcome, content, outside }: EntryOf<'tool.finished'>) {
  return { outcome, content, ...(outside === undefined ? {} : { outside }) };
}

function hashOf(call: CallState): string {
  return writtenArgumentsHash(call.arguments);
}

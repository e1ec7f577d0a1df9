import { writtenArgumentsHash } from '../arguments-hash.ts';
import type { EntryOf, JournalEntry, JournalEntryInput } from '../journal-entries.ts';
import { callName, readPast, type PastCall, type PastRun } from './replay-past.ts';

/** Where a replay begins: anew, or after the last step that was completed. */
export type ReplayFrom = 'start' | 'failed-step';

/** A call by its place in the replayed run, as `jobs show` names it: `step.call`. */
export interface CallPlace {
  step: number;
  call: number;
}

export interface SeedOptions {
  of: string;
  from: ReplayFrom;
  by: string;
  /** Calls to be made once more although they are recorded. */
  again: CallPlace[];
  /** Reads are answered from the record as well, since nothing is called. */
  dryRun: boolean;
}

/** Reasons for which a run ends over its newest answer: that answer is what failed. */
const answerFailed = new Set(['single-shot', 'iterations', 'useless-calls', 'empty-answers']);

/**
 * What the journal of a replay begins with, after its request. The steps that are kept are copied; what had an effect in
 * the others is handed on as `replay.recorded`, so that the same call is answered and not made.
 */
export function seedOf(journal: JournalEntry[], options: SeedOptions): JournalEntryInput[] {
  const past = readPast(journal);
  const steps = keptSteps(past, options);
  const open = openCalls(past, steps, options.again);
  const began: EntryOf<'replay.began'> = {
    type: 'replay.began',
    of: options.of,
    from: options.from,
    steps,
    by: options.by,
  };
  const copies = journal.flatMap((entry) => copyOf(entry, past, { steps, open }) ?? []);
  return [began, ...copies, ...carried(past, options.again), ...recorded(past, steps, options)];
}

function keptSteps(past: PastRun, { from, again }: SeedOptions): number {
  if (from === 'start') return 0;
  const whole = past.answers - (answerFailed.has(past.reason ?? '') ? 1 : 0);
  // What the model said after a call that is made once more rests on its old result.
  return Math.max(0, Math.min(whole, ...again.map(({ step }) => step + 1)));
}

/**
 * Calls of the newest kept step that are open again, for the model has not seen their results or will not: those to be
 * repeated, those that nobody allowed in time, and those that were stopped without effect.
 */
function openCalls(past: PastRun, steps: number, again: CallPlace[]): Set<string> {
  const open = new Set(again.map(callName));
  const expired = new Set(
    [...past.approvals.values()].flatMap((each) => (each.decision === 'expired' ? each.about : [])),
  );
  for (const call of past.calls.values()) {
    if (call.step !== steps - 1) continue;
    const unseen = past.answers === steps;
    const late = expired.has(call) && call.result?.outcome === 'refused';
    const untouched = call.result?.outcome === 'stopped' || (!call.result && call.intent?.readOnly === true);
    if (unseen && (late || untouched)) open.add(callName(call));
  }
  return open;
}

interface Kept {
  steps: number;
  open: Set<string>;
}

/** The entry as it goes into the new journal; undefined for those that belong to the old run alone. */
function copyOf(entry: JournalEntry, past: PastRun, { steps, open }: Kept): JournalEntry | undefined {
  switch (entry.type) {
    case 'model.answered': {
      if (entry.step >= steps) return undefined;
      const { firstTokenMs: _, ...rest } = entry;
      // Paid for by the run that asked.
      return { ...rest, usage: { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false } };
    }
    case 'tool.intended':
    case 'tool.finished':
      return entry.step < steps && !open.has(callName(entry)) ? entry : undefined;
    case 'approval.requested':
    case 'approval.decided': {
      const approval = past.approvals.get(entry.approval);
      // An open question is asked anew; a yes is for one call.
      if (!approval?.decision || approval.about.step >= steps || open.has(callName(approval.about))) return undefined;
      return entry;
    }
    default:
      return undefined;
  }
}

/** What the replayed run itself had been handed on: a replay of a replay repeats nothing of the first run either. */
function carried(past: PastRun, again: CallPlace[]): JournalEntry[] {
  // A call without an intent was answered from such a record: naming it means the record's call.
  const named = again.flatMap((place) => {
    const call = past.calls.get(callName(place));
    return call && !call.intent ? [recordKey(call)] : [];
  });
  return past.recorded.map((entry) => {
    const at = named.indexOf(`${entry.tool} ${entry.argumentsHash}`);
    if (at === -1) return entry;
    named.splice(at, 1);
    const { result: _, ...rest } = entry;
    return { ...rest, again: true };
  });
}

function recorded(past: PastRun, steps: number, options: SeedOptions): JournalEntry[] {
  const { again, dryRun } = options;
  const named = new Set(again.map(callName));
  const entries: JournalEntry[] = [];
  for (const call of past.calls.values()) {
    const { step, intent, result } = call;
    if (!intent || step < steps || !(dryRun ? result : mayHaveActed(call))) continue;
    const place = { run: options.of, step, call: call.call };
    const common = { type: 'replay.recorded' as const, ...place, tool: intent.tool, argumentsHash: hashOf(call) };
    if (named.has(callName(call))) entries.push({ ...common, again: true });
    else if (result) entries.push({ ...common, result: resultOf(result) });
    else entries.push(common);
  }
  return entries;
}

/** True unless the call is known to have changed nothing. */
function mayHaveActed({ intent, result }: PastCall): boolean {
  if (!intent || intent.readOnly === true) return false;
  return !result || result.outcome === 'ok' || result.outcome === 'interrupted';
}

function resultOf({ outcome, content, outside }: EntryOf<'tool.finished'>) {
  return { outcome, content, ...(outside === undefined ? {} : { outside }) };
}

function recordKey(call: PastCall): string {
  return `${call.tool} ${hashOf(call)}`;
}

function hashOf(call: PastCall): string {
  return writtenArgumentsHash(call.arguments);
}

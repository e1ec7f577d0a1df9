import type { EntryOf, JournalEntry } from '../journal-entries.ts';

/** One tool call of a run that is over, with everything that its journal says of it. */
export interface PastCall {
  step: number;
  call: number;
  tool: string;
  /** As the model wrote them. */
  arguments: string;
  intent?: EntryOf<'tool.intended'>;
  result?: EntryOf<'tool.finished'>;
}

export interface PastApproval {
  /** The call that it is about. */
  about: PastCall;
  decision?: EntryOf<'approval.decided'>['decision'];
}

export interface PastRun {
  /** How often the model had answered. */
  answers: number;
  /** By `step.call`, in the order in which the model asked for them. */
  calls: Map<string, PastCall>;
  approvals: Map<string, PastApproval>;
  recorded: EntryOf<'replay.recorded'>[];
  reason: string | undefined;
}

/** `step.call`: how a call is named to people. */
export function callName({ step, call }: { step: number; call: number }): string {
  return `${step}.${call}`;
}

/** Gathers what a journal says, call by call. */
export function readPast(journal: JournalEntry[]): PastRun {
  const past: PastRun = { answers: 0, calls: new Map(), approvals: new Map(), recorded: [], reason: undefined };
  for (const entry of journal) take(past, entry);
  return past;
}

function take(past: PastRun, entry: JournalEntry): void {
  switch (entry.type) {
    case 'model.answered':
      past.answers += 1;
      for (const [call, { name, arguments: args }] of entry.toolCalls.entries()) {
        const place = { step: entry.step, call };
        past.calls.set(callName(place), { ...place, tool: name, arguments: args });
      }
      return;
    case 'tool.intended':
      return change(past, entry, (call) => Object.assign(call, { tool: entry.tool, intent: entry }));
    case 'tool.finished':
      return change(past, entry, (call) => Object.assign(call, { tool: entry.tool, result: entry }));
    case 'approval.requested':
      return change(past, entry, (about) => past.approvals.set(entry.approval, { about }));
    case 'approval.decided': {
      const approval = past.approvals.get(entry.approval);
      if (approval) approval.decision ??= entry.decision;
      return;
    }
    case 'replay.recorded':
      past.recorded.push(entry);
      return;
    case 'run.ended':
      past.reason = entry.reason;
      return;
    default:
  }
}

function change(past: PastRun, place: { step: number; call: number }, work: (call: PastCall) => unknown): void {
  const call = past.calls.get(callName(place));
  if (call) work(call);
}

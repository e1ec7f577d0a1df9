import type { EntryOf, JournalEntry, StoredEntry } from '#shared/journal-entries.ts';
import { entryTime } from '#shared/runs/journal.ts';
import type { RunRequest, Usage } from '#shared/run.ts';
import { addUsage, noUsage } from '../gateway/gateway.ts';

/** One answer of the model and what became of its tool calls, by their place in the answer. */
export interface StepState {
  answer: EntryOf<'model.answered'>;
  intents: Map<number, EntryOf<'tool.intended'>>;
  results: Map<number, EntryOf<'tool.finished'>>;
}

export interface ApprovalState {
  requested: EntryOf<'approval.requested'>;
  decided?: EntryOf<'approval.decided'>;
}

/** All that is known of a run. Nothing but its journal goes into it, so that any worker can go on. */
export interface RunState {
  request: RunRequest;
  /** Milliseconds since the epoch. */
  acceptedAt: number;
  firstClaimAt: number | undefined;
  steps: StepState[];
  approvals: Map<string, ApprovalState>;
  /** Steps that were copied from the run that this one replays. */
  replayedSteps: number;
  /** What that run's other calls brought. */
  recorded: EntryOf<'replay.recorded'>[];
  /** Failures of the question that is open now; undefined when it has not failed. */
  failures: { count: number; firstAt: number } | undefined;
  /** Keys of what the person has been told. */
  notices: Set<string>;
  stopBy: string | undefined;
  /** True once text from outside was read. */
  outside: boolean;
  usage: Usage;
  models: Set<string>;
  tools: Set<string>;
  /** Milliseconds from acceptance to the first text of the model. */
  firstTokenMs: number | undefined;
  /** Claims since the run last got anywhere: workers that died over it, and the one that has it now. */
  idleClaims: number;
  /** Milliseconds spent waiting for humans, up to `waitingSince`. */
  waitedMs: number;
  waitingSince: number | undefined;
}

/** Rebuilds a run from its journal. Undefined when the journal does not begin with the request. */
export function rebuild(journal: StoredEntry[]): RunState | undefined {
  const [first] = journal;
  if (first?.entry.type !== 'run.accepted') return undefined;
  const state: RunState = {
    request: first.entry.request,
    acceptedAt: entryTime(first.id),
    firstClaimAt: undefined,
    steps: [],
    approvals: new Map(),
    replayedSteps: 0,
    recorded: [],
    failures: undefined,
    notices: new Set(),
    stopBy: undefined,
    outside: false,
    usage: noUsage,
    models: new Set(),
    tools: new Set(),
    firstTokenMs: undefined,
    idleClaims: 0,
    waitedMs: 0,
    waitingSince: undefined,
  };
  for (const { id, entry } of journal) apply(state, entry, entryTime(id));
  return state;
}

/** Takes one more entry in; `at` is its time in milliseconds since the epoch. */
export function apply(state: RunState, entry: JournalEntry, at: number): void {
  if (isProgress(entry)) state.idleClaims = 0;
  switch (entry.type) {
    case 'run.claimed':
      state.firstClaimAt ??= at;
      state.idleClaims += 1;
      return;
    case 'model.answered':
      return applyAnswer(state, entry, at);
    case 'model.failed':
      state.failures = { count: (state.failures?.count ?? 0) + 1, firstAt: state.failures?.firstAt ?? at };
      return;
    case 'tool.intended':
      state.steps[entry.step]?.intents.set(entry.call, entry);
      return;
    case 'tool.finished':
      state.steps[entry.step]?.results.set(entry.call, entry);
      if (entry.domain !== '') state.tools.add(entry.tool);
      if (entry.outside) state.outside = true;
      return;
    case 'approval.requested':
      state.approvals.set(entry.approval, { requested: entry });
      state.waitingSince ??= at;
      return;
    case 'approval.decided':
      return applyDecision(state, entry, at);
    case 'notice':
      state.notices.add(entry.key);
      return;
    case 'stop.requested':
      state.stopBy ??= entry.by;
      return;
    case 'replay.began':
      state.replayedSteps = entry.steps;
      return;
    case 'replay.recorded':
      state.recorded.push(entry);
      return;
    case 'run.accepted':
    case 'run.ended':
    case 'delivered':
    case 'undeliverable':
    case 'feedback':
  }
}

function isProgress(entry: JournalEntry): boolean {
  return entry.type.startsWith('model.') || entry.type.startsWith('approval.') || entry.type === 'tool.finished';
}

function applyAnswer(state: RunState, entry: EntryOf<'model.answered'>, at: number): void {
  state.steps.push({ answer: entry, intents: new Map(), results: new Map() });
  state.failures = undefined;
  state.usage = addUsage(state.usage, entry.usage);
  state.models.add(entry.model);
  if (entry.firstTokenMs === undefined) return;
  state.firstTokenMs ??= Math.max(0, at - entry.durationMs + entry.firstTokenMs - state.acceptedAt);
}

function applyDecision(state: RunState, entry: EntryOf<'approval.decided'>, at: number): void {
  const approval = state.approvals.get(entry.approval);
  if (!approval || approval.decided) return;
  approval.decided = entry;
  if ([...state.approvals.values()].some((each) => !each.decided)) return;
  state.waitedMs += at - (state.waitingSince ?? at);
  state.waitingSince = undefined;
}

/** True while calls of the step have no result. */
export function hasOpenCalls(step: StepState): boolean {
  return step.results.size < step.answer.toolCalls.length;
}

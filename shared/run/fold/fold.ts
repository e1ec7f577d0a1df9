import type { EntryOf, JournalEntry, StoredEntry } from '../journal-entries.ts';
import { addUsage } from '../request.ts';
import { entryTime } from '../journal.ts';
import { callName, createRunState, type CallPlace, type CallState, type RunState } from './run-state.ts';

/** The state that a whole journal makes. */
export function foldJournal(journal: StoredEntry[]): RunState {
  const state = createRunState();
  for (const { id, entry } of journal) foldEntry(state, entry, entryTime(id));
  return state;
}

/**
 * Takes in one more entry, in place. `at` is its time in milliseconds since the epoch. This is the only place that says
 * what the kinds of entries mean together; kinds that change nothing of the state have no line here.
 */
export function foldEntry(state: RunState, entry: JournalEntry, at: number): void {
  if (isProgress(entry)) state.idleClaims = 0;
  switch (entry.type) {
    case 'run.accepted':
      state.request = entry.request;
      state.acceptedAt = at;
      return;
    case 'run.claimed':
      return foldClaim(state, entry, at);
    case 'model.answered':
      return foldAnswer(state, entry, at);
    case 'model.failed':
      state.live = undefined;
      state.failures = {
        count: (state.failures?.count ?? 0) + 1,
        firstAt: state.failures?.firstAt ?? at,
        last: entry,
        lastAt: at,
      };
      return;
    case 'answer.broke-off':
      state.live = undefined;
      state.brokeOff = entry.text;
      if (entry.usage) state.usage = addUsage(state.usage, entry.usage);
      return;
    case 'tool.intended':
      Object.assign(callOf(state, entry), { tool: entry.tool, intent: entry });
      return;
    case 'tool.finished':
      Object.assign(callOf(state, entry), { tool: entry.tool, result: entry });
      if (entry.domain !== '') state.tools.add(entry.tool);
      if (entry.outside) state.outside = true;
      if (entry.found) state.found.unshift(...entry.found);
      return;
    case 'approval.requested':
      if (!state.approvals.has(entry.approval)) state.openApprovals += 1;
      state.approvals.set(entry.approval, { requested: entry });
      state.waitingSince ??= at;
      return;
    case 'approval.decided':
      return foldDecision(state, entry, at);
    case 'question.asked':
      if (!state.questions.has(entry.question)) state.openApprovals += 1;
      state.questions.set(entry.question, { asked: entry });
      state.waitingSince ??= at;
      return;
    case 'question.answered':
      return foldReply(state, entry, at);
    case 'notice':
      state.notices.set(entry.key, entry.text);
      return;
    case 'talk.read':
      state.lookedBack = entry;
      return;
    case 'steered':
      state.steered.push(entry);
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
    case 'run.ended':
      state.ended = entry;
      return;
    default:
  }
}

function isProgress(entry: JournalEntry): boolean {
  return /^(model|approval|question)\./.test(entry.type) || entry.type === 'tool.finished';
}

function foldClaim(state: RunState, { epoch }: EntryOf<'run.claimed'>, at: number): void {
  state.firstClaimAt ??= at;
  state.idleClaims += 1;
  beginEpoch(state, epoch);
}

/** Begins an epoch: forgets what the last epoch's open question to the model had brought, because it is asked anew. */
export function beginEpoch(state: RunState, epoch: number): void {
  if (epoch <= state.epoch) return;
  state.epoch = epoch;
  state.live = undefined;
}

function foldAnswer(state: RunState, entry: EntryOf<'model.answered'>, at: number): void {
  const calls = entry.toolCalls.map((_, call) => callOf(state, { step: entry.step, call }));
  for (const [call, { name, arguments: args }] of entry.toolCalls.entries()) {
    Object.assign(calls[call] ?? {}, { tool: name, arguments: args });
  }
  state.steps.push({ answer: entry, calls });
  if (state.live && state.live.step <= entry.step) state.live = undefined;
  state.failures = undefined;
  state.brokeOff = undefined;
  state.answeredAt = at;
  state.usage = addUsage(state.usage, entry.usage);
  state.models.add(entry.model);
  if (entry.firstTokenMs === undefined) return;
  state.firstTokenMs ??= Math.max(0, at - entry.durationMs + entry.firstTokenMs - state.acceptedAt);
}

/** The call at this place; begins one when nothing was known of it yet. */
function callOf(state: RunState, place: CallPlace & { arguments?: string }): CallState {
  const name = callName(place);
  const known = state.calls.get(name);
  if (known) return known;
  const begun = { step: place.step, call: place.call, tool: '', arguments: place.arguments ?? '' };
  state.calls.set(name, begun);
  return begun;
}

function foldDecision(state: RunState, entry: EntryOf<'approval.decided'>, at: number): void {
  const approval = state.approvals.get(entry.approval);
  // An older version lets a question that it does not know expire in this way.
  if (!approval) {
    return foldReply(state, { type: 'question.answered', question: entry.approval, by: '', none: 'expired' }, at);
  }
  if (approval.decided) return;
  approval.decided = entry;
  approval.decidedAt = at;
  closeOne(state, at);
}

function foldReply(state: RunState, entry: EntryOf<'question.answered'>, at: number): void {
  const question = state.questions.get(entry.question);
  if (!question || question.answered) return;
  question.answered = entry;
  closeOne(state, at);
}

/** One thing less that the run waits for a human with. */
function closeOne(state: RunState, at: number): void {
  state.openApprovals -= 1;
  if (state.openApprovals > 0) return;
  state.waitedMs += at - (state.waitingSince ?? at);
  state.waitingSince = undefined;
}

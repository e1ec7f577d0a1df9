import type { PendingQuestion } from '#shared/run/answer-question.ts';
import { entryTime } from '#shared/run/journal.ts';
import type { StoredEntry } from '#shared/run/journal-entries.ts';
import { foldJournal } from '#shared/run/fold/fold.ts';
import type { CallState, RunState } from '#shared/run/fold/run-state.ts';
import { callName } from '#shared/run/fold/run-state.ts';
import type { PendingApproval } from '#shared/run/decide.ts';
import type { RunRecord } from '#shared/run/record.ts';
import { wireUsage } from '../chat/wire.ts';

/** Characters of a question that lists show. */
const shownText = 1_000;

/** A run at a glance. */
export function runView(record: RunRecord) {
  const { id, status, request, outcome, reason, undeliverable, replayedBy, archived } = record;
  return {
    id,
    object: 'run',
    status,
    outcome: outcome ?? null,
    reason: reason || null,
    accepted_at: iso(record.acceptedAt),
    ended_at: record.endedAt === undefined ? null : iso(record.endedAt),
    caller: { kind: request.caller.kind, id: request.caller.id, name: request.caller.name },
    conversation: request.conversation,
    question: request.text.slice(0, shownText),
    model: request.model ?? null,
    ...(request.replayOf !== undefined && { replay_of: request.replayOf }),
    ...(request.dryRun && { dry_run: true }),
    ...(replayedBy !== undefined && { replayed_by: replayedBy }),
    ...(undeliverable !== undefined && { undeliverable }),
    ...(archived && { archived: true }),
  };
}

/** A run with all that its journal says. */
export function runDetails(record: RunRecord, journal: StoredEntry[]) {
  const state = foldJournal(journal);
  return {
    ...runView(record),
    question: record.request.text,
    answer: state.ended?.text ?? null,
    usage: { ...wireUsage(state.usage), cost_usd: state.usage.costUsd, estimated: state.usage.estimated },
    models: [...state.models],
    steps: state.steps.map(({ answer, calls }) => ({
      step: answer.step,
      model: answer.model,
      text: answer.text,
      finish_reason: answer.finishReason,
      duration_ms: answer.durationMs,
      calls: calls.map(callView),
    })),
    approvals: approvalsOf(state),
    notices: [...state.notices.values()],
    journal_entries: journal.length,
  };
}

/** One entry of a journal as an event. */
export function entryView({ id, entry }: StoredEntry) {
  return { id, at: iso(entryTime(id)), ...entry };
}

/** A question that waits for a human. `id` names it in `POST /v1/approvals/:id`. */
export function approvalView({ runId, caller, text, request }: PendingApproval) {
  return {
    id: `${runId}:${request.approval}`,
    object: 'approval',
    run: runId,
    tool: request.tool,
    arguments: request.arguments,
    kind: request.kind,
    why: request.why ?? null,
    expires_at: iso(request.expiresAt),
    caller: { kind: caller.kind, id: caller.id, name: caller.name },
    question: text.slice(0, shownText),
  };
}

/** A question of the model; `answer` of `POST /v1/approvals/:id` answers it. */
export function questionView({ runId, caller, text, asked }: PendingQuestion) {
  return {
    id: `${runId}:${asked.question}`,
    object: 'approval',
    run: runId,
    tool: 'ask_user',
    arguments: JSON.stringify({ question: asked.text, ...(asked.choices && { choices: asked.choices }) }),
    kind: 'ask-user',
    why: asked.text,
    expires_at: iso(asked.expiresAt),
    caller: { kind: caller.kind, id: caller.id, name: caller.name },
    question: text.slice(0, shownText),
  };
}

function callView(call: CallState) {
  const { tool, result, intent } = call;
  return {
    call: callName(call),
    tool,
    arguments: call.arguments,
    outcome: result?.outcome ?? null,
    result: result?.content ?? null,
    duration_ms: result?.durationMs ?? null,
    changes: intent !== undefined && intent.readOnly !== true,
  };
}

function approvalsOf({ approvals }: RunState) {
  return [...approvals.values()].map(({ requested, decided }) => ({
    approval: requested.approval,
    tool: requested.tool,
    kind: requested.kind,
    decision: decided?.decision ?? null,
    by: decided?.by ?? null,
  }));
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

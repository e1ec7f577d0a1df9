import { foldJournal } from '#shared/run/fold/fold.ts';
import type { ApprovalState } from '#shared/run/fold/run-state.ts';
import type { Api } from '../api.ts';
import type { ApiCaller } from '../http/caller.ts';
import { ApiError, notFound } from '../http/errors.ts';
import { decide } from '../runs/approvals-route.ts';
import { runOf } from '../runs/access.ts';
import { segmentAfter } from './segments.ts';

/** A client's yes or no to one question of a run. */
export interface Decision {
  runId: string;
  /** The question's name in its run. */
  approval: string;
  approve: boolean;
  reason: string | undefined;
}

export interface ReadyDecisions {
  runId: string;
  /** The part of the run that begins with them. */
  segment: number;
  /** Makes those that were not made before. */
  make(): Promise<void>;
}

/**
 * Checks decisions with which a run goes on: all of its open questions must be answered at once. The same decisions may
 * come again. Throws ApiError, which names the member `param` of the request.
 */
export async function readyDecisions(
  api: Api,
  caller: ApiCaller,
  { decisions, param }: { decisions: Decision[]; param: string },
): Promise<ReadyDecisions> {
  const runId = decisions[0]?.runId ?? '';
  if (decisions.some((each) => each.runId !== runId)) throw wrong(param, 'the decisions are about different answers.');
  const record = await runOf(api, caller, runId);
  const journal = await api.lookup.journal(record);
  const { approvals } = foldJournal(journal);
  const decided = new Set(decisions.map(({ approval }) => approval));
  const open = decisions.filter((each) => isOpen(approvals.get(each.approval), each.approve, param));
  // When all were made before, they come again; what the run has asked since then is shown by the part behind them.
  const missing = open.length === 0 ? [] : [...approvals].filter(([name, each]) => !each.decided && !decided.has(name));
  if (missing.length > 0) {
    const names = missing.map(([name, { requested }]) => `${requested.tool} (${name})`).join(', ');
    throw wrong(param, `${names} wants a decision as well.`);
  }
  return {
    runId,
    segment: segmentAfter(decided, journal),
    async make() {
      for (const { approval, approve, reason } of open) {
        const verdict = { decision: approve ? ('allow' as const) : ('deny' as const), ...(reason && { reason }) };
        await decide(api, caller, `${runId}:${approval}`, verdict);
      }
    },
  };
}

/** Whether the decision is still to be made. Throws ApiError when another one stands, or this one does not fit. */
function isOpen(known: ApprovalState | undefined, approve: boolean, param: string): boolean {
  if (!known) throw notFound('question of this id');
  if (!known.decided) {
    if (!approve || known.requested.kind !== 'unknown-outcome') return true;
    const how = 'POST /v1/approvals/:id says `happened` or `did-not-happen`';
    throw wrong(param, `nobody knows whether this call was made: ${how}.`);
  }
  if (known.decided.decision === (approve ? 'allow' : 'deny')) return false;
  throw new ApiError(409, `Too late: the decision was ${known.decided.decision}.`, { code: 'already_decided' });
}

function wrong(param: string, message: string): ApiError {
  return new ApiError(400, `${param}: ${message}`, { param });
}

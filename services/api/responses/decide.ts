import { foldJournal } from '#shared/run/fold/fold.ts';
import type { ApprovalState } from '#shared/run/fold/run-state.ts';
import type { Api } from '../api.ts';
import type { ApiCaller } from '../http/caller.ts';
import { ApiError, notFound } from '../http/errors.ts';
import { decide } from '../runs/approvals-route.ts';
import { runOf } from '../runs/access.ts';
import { storeLater } from './find.ts';
import { itemId, itemPlace, responseId } from './ids.ts';
import type { ResolvedItem } from './resolve.ts';
import { segmentAfter } from './segments.ts';
import type { ResponsesRequest } from './schema.ts';
import type { Shown } from './shown.ts';

type Decision = Extract<ResolvedItem, { type: 'mcp_approval_response' }>;

/** The decisions with which an input ends. Earlier ones are history. */
export function decisionsIn(items: ResolvedItem[]): Decision[] {
  const decisions: Decision[] = [];
  for (const item of items.toReversed()) {
    if ('type' in item && item.type === 'mcp_approval_response') decisions.unshift(item);
    else if (!('type' in item) || item.type !== 'mcp_approval_request') break;
  }
  return decisions;
}

/**
 * Decides what a run waits for, so that it goes on. Returns the id of the response that shows the rest. All of its open
 * questions must be answered at once; a request that is sent again changes nothing. Throws ApiError.
 */
export async function goOn(
  api: Api,
  caller: ApiCaller,
  { body, decisions, input }: { body: ResponsesRequest; decisions: Decision[]; input: Shown['input'] },
): Promise<string> {
  const answers = new Map(decisions.map((each) => [placeOf(each), each]));
  const [runId = ''] = [...answers.keys()].map((place) => place.runId);
  if ([...answers.keys()].some((place) => place.runId !== runId)) {
    throw wrong('the decisions are about different responses.');
  }
  const record = await runOf(api, caller, runId);
  const journal = await api.lookup.journal(record);
  const { approvals } = foldJournal(journal);
  const decided = new Set([...answers.keys()].map(({ approval }) => approval));
  const missing = [...approvals].filter(([name, each]) => !each.decided && !decided.has(name));
  if (missing.length > 0) {
    throw wrong(`${missing.map(([name]) => itemId.approval(runId, name)).join(', ')} wants a decision as well.`);
  }
  const open = [...answers].filter(([{ approval }, { approve }]) => isOpen(approvals.get(approval), approve));
  const place = { runId, segment: segmentAfter(decided, journal) };
  const { background, store, previous_response_id = null } = body;
  await storeLater(api, place, { at: Date.now(), shown: { background, store, previous: previous_response_id, input } });
  for (const [{ approval }, { approve, reason }] of open) {
    const verdict = { decision: approve ? ('allow' as const) : ('deny' as const), ...(reason && { reason }) };
    await decide(api, caller, `${runId}:${approval}`, verdict);
  }
  return responseId(place);
}

function placeOf({ approval_request_id }: Decision): { runId: string; approval: string } {
  const place = itemPlace(approval_request_id);
  if (place?.kind !== 'approval') throw notFound('question of this id');
  return place;
}

/** Whether the decision is still to be made. Throws ApiError when another one stands, or this one does not fit. */
function isOpen(known: ApprovalState | undefined, approve: boolean): boolean {
  if (!known) throw notFound('question of this id');
  if (!known.decided) {
    if (!approve || known.requested.kind !== 'unknown-outcome') return true;
    throw wrong('nobody knows whether this call was made: POST /v1/approvals/:id says `happened` or `did-not-happen`.');
  }
  if (known.decided.decision === (approve ? 'allow' : 'deny')) return false;
  throw new ApiError(409, `Too late: the decision was ${known.decided.decision}.`, { code: 'already_decided' });
}

function wrong(message: string): ApiError {
  return new ApiError(400, `input: ${message}`, { param: 'input' });
}

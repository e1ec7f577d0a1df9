import type { Api } from '../api.ts';
import { readyDecisions } from '../answer/decisions.ts';
import type { ApiCaller } from '../http/caller.ts';
import { ApiError, notFound } from '../http/errors.ts';
import { storeLater } from './find.ts';
import { itemPlace, responseId } from './ids.ts';
import type { ResolvedItem } from './resolve.ts';
import type { ResponsesRequest } from './schema.ts';
import type { Shown } from './shown.ts';

type Answer = Extract<ResolvedItem, { type: 'mcp_approval_response' }>;

/** The decisions with which an input ends. Earlier ones are history. */
export function decisionsIn(items: ResolvedItem[]): Answer[] {
  const answers: Answer[] = [];
  for (const item of items.toReversed()) {
    if ('type' in item && item.type === 'mcp_approval_response') answers.unshift(item);
    else if (!('type' in item) || item.type !== 'mcp_approval_request') break;
  }
  return answers;
}

/** Throws ApiError for a yes to a run that waits, with words behind it: the run would be stopped for these. */
export function refuseLostYes(items: ResolvedItem[], waits: string): void {
  const isYes = (item: ResolvedItem) =>
    'type' in item &&
    item.type === 'mcp_approval_response' &&
    item.approve &&
    itemPlace(item.approval_request_id)?.runId === waits;
  if (!items.some(isYes)) return;
  const how = `Say more when the response has come, or by POST /v1/runs/${waits}/steer`;
  throw new ApiError(400, `input: a decision must be the end of the input. ${how}.`, { param: 'input' });
}

/**
 * Decides what a run waits for, so that it goes on. Returns the id of the response that shows the rest. A request that
 * is sent again changes nothing. Throws ApiError.
 */
export async function goOn(
  api: Api,
  caller: ApiCaller,
  { body, answers, input }: { body: ResponsesRequest; answers: Answer[]; input: Shown['input'] },
): Promise<string> {
  const decisions = answers.map(({ approval_request_id, approve, reason }) => {
    const place = itemPlace(approval_request_id);
    if (place?.kind !== 'approval') throw notFound('question of this id');
    return { runId: place.runId, approval: place.approval, approve, reason: reason ?? undefined };
  });
  const ready = await readyDecisions(api, caller, { decisions, param: 'input' });
  const { runId, segment } = ready;
  const { background, store, previous_response_id: previous = null } = body;
  await storeLater(api, { runId, segment }, { at: Date.now(), shown: { background, store, previous, input } });
  await ready.make();
  return responseId({ runId, segment });
}

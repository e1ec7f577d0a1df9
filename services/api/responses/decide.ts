import type { Api } from '../api.ts';
import { readyDecisions } from '../answer/decisions.ts';
import type { ApiCaller } from '../http/caller.ts';
import { notFound } from '../http/errors.ts';
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

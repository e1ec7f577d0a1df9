import { foldJournal } from '#shared/run/fold/fold.ts';
import type { RunState } from '#shared/run/fold/run-state.ts';
import type { Api } from '../api.ts';
import { callId } from '../answer/said.ts';
import type { ApiCaller } from '../http/caller.ts';
import { ApiError, notFound } from '../http/errors.ts';
import { runOf } from '../runs/access.ts';
import { itemPlace, type ItemPlace } from './ids.ts';
import type { WireItem } from './item-schema.ts';

export type ResolvedItem = Exclude<WireItem, { type: 'item_reference' }>;

/** Puts the items themselves in the place of references to them. Throws ApiError 404 for one that is not stored. */
export async function resolveItems(api: Api, caller: ApiCaller, items: WireItem[]): Promise<ResolvedItem[][]> {
  const states = new Map<string, Promise<RunState>>();
  const stateOf = (runId: string) => {
    const known = states.get(runId) ?? readState(api, caller, runId);
    states.set(runId, known);
    return known;
  };
  return Promise.all(
    items.map(async (item, index) => {
      if (!('type' in item) || item.type !== 'item_reference') return [item];
      const place = itemPlace(item.id);
      const found = place && itemAt(place, item.id, await stateOf(place.runId).catch(() => undefined));
      if (found) return found;
      throw new ApiError(404, `Item with id '${item.id.slice(0, 120)}' not found.`, { param: `input[${index}].id` });
    }),
  );
}

async function readState(api: Api, caller: ApiCaller, runId: string): Promise<RunState> {
  const record = await runOf(api, caller, runId);
  if (record.request.unstored) throw notFound('item of this id');
  return foldJournal(await api.lookup.journal(record));
}

function itemAt(place: ItemPlace, id: string, state: RunState | undefined): ResolvedItem[] | undefined {
  if (!state) return undefined;
  if (place.kind === 'approval') return [{ type: 'mcp_approval_request', id }];
  const step = state.steps.find(({ answer }) => answer.step === place.step);
  if (!step) return undefined;
  if (place.kind === 'message') return [{ role: 'assistant', content: step.answer.text }];
  const asked = step.answer.toolCalls[place.call];
  const result = step.calls[place.call]?.result;
  if (!asked) return undefined;
  const call_id = callId(asked, place);
  const { name, arguments: args } = asked;
  if (id.startsWith('mcp_')) {
    return [{ type: 'mcp_call', id, name, arguments: args, output: result?.content ?? 'Not run.', error: null }];
  }
  if (place.kind === 'output') return [{ type: 'function_call_output', call_id, output: result?.content ?? '' }];
  return [{ type: 'function_call', call_id, name, arguments: args }];
}

import type { ClientMessage } from '#shared/run/client-request.ts';
import { foldJournal } from '#shared/run/fold/fold.ts';
import type { Api } from '../api.ts';
import { saidBy } from '../answer/said.ts';
import type { ApiCaller } from '../http/caller.ts';
import { ApiError } from '../http/errors.ts';
import { findAny } from './find.ts';

/** The conversation that a response ends, with what tools of the server brought in it. */
export interface Previous {
  messages: ClientMessage[];
  /** Instructions that stand in it. */
  system: string | undefined;
  /** Calls of the client's own tools whose results are missing. */
  open: string[];
  /** Its run, where that waits for a human's decision: who goes on leaves the question unanswered. */
  waits: string | undefined;
}

/** The conversation up to the end of a response, or up to the decision that it waits for. Throws ApiError. */
export async function previousOf(api: Api, caller: ApiCaller, id: string): Promise<Previous> {
  const { record, shown } = await findAny(api, caller, id).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    throw new ApiError(400, `Previous response with id '${id.slice(0, 120)}' not found.`, {
      param: 'previous_response_id',
      code: 'previous_response_not_found',
    });
  });
  if (!shown.store) {
    throw new ApiError(400, `Response '${id.slice(0, 120)}' was made with store: false. Send its items as input.`, {
      param: 'previous_response_id',
      code: 'previous_response_not_found',
    });
  }
  const state = foldJournal(await api.lookup.journal(record));
  if (!state.ended && state.openApprovals === 0) {
    throw new ApiError(409, 'The previous response has not ended; wait for its end, or cancel it.', {
      param: 'previous_response_id',
      code: 'response_not_ended',
    });
  }
  const { messages, open } = saidBy(state);
  return {
    messages: [...(record.request.client?.messages ?? []), ...messages],
    system: shown.system,
    open,
    waits: state.ended ? undefined : record.id,
  };
}

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Api } from '../api.ts';
import { watchAnswer } from '../answer/watch.ts';
import { jsonBody } from '../http/body.ts';
import { callerOf } from '../http/caller.ts';
import { ApiError, onlyMethods } from '../http/errors.ts';
import { readQuery, wholeNumber } from '../runs/query.ts';
import { createResponse } from './create.ts';
import { findResponse } from './find.ts';
import { readResponse } from './follow.ts';
import { inputItems } from './input-items.ts';
import { notHere } from './not-here.ts';
import { streamResponse } from './stream.ts';

/** The query of `GET /v1/responses/:id`. */
export const responseQuery = z.object({
  stream: z.enum(['true', 'false'], 'must be true or false').optional(),
  starting_after: wholeNumber(-1, 1_000_000_000).optional(),
});
/** Milliseconds within which a run that is stopped has ended; a worker that is away takes longer. */
const stopMs = 5_000;

/** `/v1/responses`: the Responses protocol, each response a run, or the part of one up to a human's decision. */
export function responseRoutes(api: Api): Router {
  const router = Router({ caseSensitive: true });
  const body = jsonBody(api.config.API_MAX_BODY_BYTES);
  router
    .route('/v1/responses')
    .post(...body, (request, response) => createResponse(api, request, response))
    .all(onlyMethods('POST'));
  router.use(notHere());
  router
    .route('/v1/responses/:id')
    .get((request, response) => getResponse(api, request, response))
    .delete(async (request, response) => {
      const { id } = request.params;
      const caller = callerOf(request);
      const { view } = await findResponse(api, caller, id);
      if ((await api.lookup.discard(view.runId, caller.name)) === 'not-ended') {
        throw new ApiError(409, 'The response has not ended; cancel it first.', { code: 'response_not_ended' });
      }
      response.json({ id, object: 'response', deleted: true });
    })
    .all(onlyMethods('GET', 'DELETE'));
  router
    .route('/v1/responses/:id/cancel')
    .post(async (request, response) => {
      response.json(await cancel(api, request, request.params.id));
    })
    .all(onlyMethods('POST'));
  router
    .route('/v1/responses/:id/input_items')
    .get(async (request, response) => {
      const found = await findResponse(api, callerOf(request), request.params.id);
      response.json(inputItems(found, request.query));
    })
    .all(onlyMethods('GET'));
  return router;
}

async function getResponse(api: Api, request: Request<{ id: string }>, response: Response): Promise<void> {
  const caller = callerOf(request);
  const { stream, starting_after: after } = readQuery(responseQuery, request.query);
  const { view, record } = await findResponse(api, caller, request.params.id);
  if (stream !== 'true') return void response.json((await readResponse(api, view, record)).snapshot());
  using _ = api.streams.enter(caller.id);
  const streamed = { request, response, view, stops: false, record };
  await streamResponse(api, after === undefined ? streamed : { ...streamed, after });
}

async function cancel(api: Api, request: Request, id: string): Promise<object> {
  const caller = callerOf(request);
  const { view, record } = await findResponse(api, caller, id);
  const state = await api.runs.stop(view.runId, caller.name);
  if (state === 'stopping') {
    const signal = AbortSignal.any([AbortSignal.timeout(stopMs), api.streams.closing]);
    for await (const _ of watchAnswer(api.follower, view.runId, signal));
  }
  return (await readResponse(api, view, record)).snapshot();
}

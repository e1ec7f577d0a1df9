import { Router } from 'express';
import { z } from 'zod';
import { steerMax } from '#shared/run/steer.ts';
import type { Api } from '../api.ts';
import { checkBody, jsonBody } from '../http/body.ts';
import { callerOf } from '../http/caller.ts';
import { ApiError, onlyMethods } from '../http/errors.ts';
import { personOf, runOf } from './access.ts';
import { streamEvents } from './events.ts';
import { runDetails, runView } from './present.ts';
import { oneMore, page, pageQuery, readQuery, runPlace } from './query.ts';
import { replayOne, replaySchema } from './replay.ts';

export const steerSchema = z.object({
  text: z.string('must be a text').min(1, 'must not be empty').max(steerMax, `may have at most ${steerMax} characters`),
});

/** `/v1/runs`: a caller's own runs; for operators everybody's. */
export function runRoutes(api: Api): Router {
  const router = Router({ caseSensitive: true });
  const body = jsonBody(api.config.API_MAX_BODY_BYTES);
  router
    .route('/v1/runs')
    .get(async (request, response) => {
      const { limit, since, before, user } = readQuery(pageQuery, request.query);
      const person = personOf(api, callerOf(request), user);
      const { rows, notes } = await api.lookup.recent({
        limit: limit + oneMore,
        ...(since !== undefined && { since }),
        ...(before !== undefined && { before }),
        ...(person !== undefined && { user: person }),
      });
      response.json(page(rows, { limit, view: runView, placeOf: (row) => runPlace(row.acceptedAt, row.id), notes }));
    })
    .all(onlyMethods('GET'));
  router
    .route('/v1/runs/:id')
    .get(async (request, response) => {
      const record = await runOf(api, callerOf(request), request.params.id);
      response.json(runDetails(record, await api.lookup.journal(record)));
    })
    .all(onlyMethods('GET'));
  router
    .route('/v1/runs/:id/events')
    .get(async (request, response) => {
      const caller = callerOf(request);
      const record = await runOf(api, caller, request.params.id);
      using _ = api.streams.enter(caller.id);
      await streamEvents(api, request, response, record);
    })
    .all(onlyMethods('GET'));
  router
    .route('/v1/runs/:id/cancel')
    .post(async (request, response) => {
      const caller = callerOf(request);
      const { id } = await runOf(api, caller, request.params.id);
      response.json({ id, object: 'run.cancel', state: await api.runs.stop(id, caller.name) });
    })
    .all(onlyMethods('POST'));
  router
    .route('/v1/runs/:id/steer')
    .post(...body, async (request, response) => {
      const caller = callerOf(request);
      const { id } = await runOf(api, caller, request.params.id);
      const { text } = checkBody(steerSchema, request.body);
      const state = await api.runs.steer(id, caller.name, text);
      if (state !== 'heard') {
        throw new ApiError(409, 'Too late: the run has ended. Ask anew.', { code: 'run_ended' });
      }
      response.status(202).json({ id, object: 'run.steer', state });
    })
    .all(onlyMethods('POST'));
  router
    .route('/v1/runs/:id/replay')
    .post(...body, async (request, response) => {
      const caller = callerOf(request);
      const record = await runOf(api, caller, request.params.id);
      const replay = checkBody(replaySchema, request.body);
      await api.limits.checkRun(caller);
      response.status(202).json(await replayOne(api, caller, record, replay));
    })
    .all(onlyMethods('POST'));
  return router;
}

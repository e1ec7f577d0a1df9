import { Router } from 'express';
import { z } from 'zod';
import { foldJournal } from '#shared/run/fold/fold.ts';
import { callName } from '#shared/run/fold/run-state.ts';
import type { RunRecord } from '#shared/run/record.ts';
import type { Api } from '../api.ts';
import { checkBody, jsonBody } from '../http/body.ts';
import { callerOf, type ApiCaller } from '../http/caller.ts';
import { ApiError, onlyMethods } from '../http/errors.ts';
import { demandOperator, personOf } from './access.ts';
import { runView } from './present.ts';
import { oneMore, page, pageQuery, readQuery, runPlace } from './query.ts';
import { replayRow, replaySchema } from './replay.ts';

export const failedQuery = pageQuery.extend({ reason: z.union([z.string(), z.array(z.string())]).optional() });

export const bulkSchema = replaySchema.omit({ text: true, again: true }).extend({
  runs: z.array(z.string()).min(1).max(500).optional(),
  reason: z.union([z.string(), z.array(z.string())]).optional(),
  user: z.string().max(300).optional(),
  /** Milliseconds since the epoch, or an ISO date. */
  since: z.union([z.number(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))]).optional(),
  limit: z.number().int().min(1).max(500).default(100),
  /** True: nothing is sent on its way; the answer tells what would be, and what each run has changed already. */
  preview: z.boolean().default(true),
});

/** `GET /v1/failed`: runs that failed and were neither replayed nor discarded. `POST`: many of them again. */
export function failedRoutes(api: Api): Router {
  const router = Router({ caseSensitive: true });
  router
    .route('/v1/failed')
    .get(async (request, response) => {
      response.json(await listFailed(api, callerOf(request), readQuery(failedQuery, request.query)));
    })
    .post(...jsonBody(api.config.API_MAX_BODY_BYTES), async (request, response) => {
      const caller = callerOf(request);
      demandOperator(api, caller);
      const body = checkBody(bulkSchema, request.body);
      const records = await selected(api, body);
      if (body.preview) {
        response.json({
          object: 'replay.preview',
          data: await Promise.all(records.map((each) => effectsOf(api, each))),
        });
        return;
      }
      const data = [];
      for (const record of records) data.push(await replayRow(api, caller, record, body));
      response.status(202).json({ object: 'replay', data });
    })
    .all(onlyMethods('GET', 'POST'));
  return router;
}

/** A page of failed runs: a caller's own, for operators everybody's. */
export async function listFailed(
  api: Api,
  caller: ApiCaller,
  { limit, user, reason, since, before }: z.output<typeof failedQuery>,
) {
  const person = personOf(api, caller, user);
  const { rows, notes } = await api.lookup.failed({
    limit: limit + oneMore,
    ...(since !== undefined && { since }),
    ...(before !== undefined && { before }),
    ...(person !== undefined && { user: person }),
    ...(reason !== undefined && { reasons: [reason].flat() }),
  });
  return page(rows, {
    limit,
    view: runView,
    placeOf: ({ id, ...row }) => runPlace(row.endedAt ?? row.acceptedAt, id),
    notes,
  });
}

async function selected(
  api: Api,
  { runs, reason, user, since, limit }: z.output<typeof bulkSchema>,
): Promise<RunRecord[]> {
  if (runs) {
    return Promise.all(
      runs.map(async (id, index) => {
        const record = await api.lookup.run(id);
        if (record) return record;
        const problem = { param: `runs[${index}]`, code: 'not_found' };
        throw new ApiError(404, `runs[${index}]: there is no run ${id.slice(0, 100)}. Nothing was replayed.`, problem);
      }),
    );
  }
  const { rows } = await api.lookup.failed({
    limit,
    ...(since !== undefined && { since }),
    ...(user !== undefined && { user }),
    ...(reason !== undefined && { reasons: [reason].flat() }),
  });
  return rows.filter(({ archived }) => !archived);
}

/** What a run has changed already: a replay does not do that again. */
async function effectsOf({ lookup }: Api, record: RunRecord) {
  const { calls } = foldJournal(await lookup.journal(record));
  const effects = [...calls.values()].filter(({ intent, result }) => {
    return intent !== undefined && intent.readOnly !== true && result?.outcome !== 'refused';
  });
  return {
    ...runView(record),
    effects: effects.map((call) => {
      return {
        call: callName(call),
        tool: call.tool,
        arguments: call.arguments,
        outcome: call.result?.outcome ?? 'unknown',
      };
    }),
  };
}

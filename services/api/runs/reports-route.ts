import { Router } from 'express';
import { z } from 'zod';
import { auditKinds } from '#shared/run/audit-row.ts';
import { callerKey } from '#shared/run/request.ts';
import { monthOf, monthPattern, readUsage } from '#shared/run/usage.ts';
import type { Api } from '../api.ts';
import { callerOf, type ApiCaller } from '../http/caller.ts';
import { onlyMethods } from '../http/errors.ts';
import { budgetOf } from '../http/limits.ts';
import { personOf } from './access.ts';
import { iso } from './present.ts';
import { page, pageQuery, readQuery } from './query.ts';

export const usageQuery = z.object({
  month: z.string().regex(monthPattern, 'must be a month such as 2026-11').optional(),
});

export const auditQuery = pageQuery.omit({ before: true }).extend({
  run: z.string().max(100).optional(),
  tool: z.string().max(200).optional(),
  kind: z.enum(auditKinds).optional(),
});

/** `GET /v1/usage`, `GET /v1/audit`: a caller's own; for operators everybody's. */
export function reportRoutes(api: Api): Router {
  const router = Router({ caseSensitive: true });
  router
    .route('/v1/usage')
    .get(async (request, response) => {
      const { month } = readQuery(usageQuery, request.query);
      response.json(await usageFor(api, callerOf(request), month));
    })
    .all(onlyMethods('GET'));
  router
    .route('/v1/audit')
    .get(async (request, response) => {
      const { limit, since, user, run, tool, kind } = readQuery(auditQuery, request.query);
      const person = personOf(api, callerOf(request), user);
      const { rows, notes } = await api.lookup.audit({
        limit,
        ...(since !== undefined && { since }),
        ...(person !== undefined && { user: person }),
        ...(run !== undefined && { run }),
        ...(tool !== undefined && { tool }),
        ...(kind !== undefined && { kinds: [kind] }),
      });
      const data = rows.map(({ id, at, run: runId, who, kind: of, data: said }) => {
        return { id, at: iso(at), run: runId, who, kind: of, data: said };
      });
      response.json(page(data, limit, undefined, notes));
    })
    .all(onlyMethods('GET'));
  return router;
}

/** What was used in a month: a caller's own, for operators everybody's. */
export async function usageFor({ redis, policy }: Api, caller: ApiCaller, month = monthOf(Date.now())) {
  const everybody = policy.current().mayOperate(caller);
  const budgetUsd = budgetOf(policy, caller);
  const rows = await readUsage(redis, month, everybody ? undefined : callerKey(caller));
  return {
    object: 'list',
    month,
    data: rows.map(({ caller: who, runs, passedOn, inputTokens, outputTokens, costUsd }) => {
      const tokens = { input_tokens: inputTokens, output_tokens: outputTokens };
      return { caller: who, runs, passed_on: passedOn, ...tokens, cost_usd: costUsd };
    }),
    ...(budgetUsd !== undefined && { budget_usd: budgetUsd }),
  };
}

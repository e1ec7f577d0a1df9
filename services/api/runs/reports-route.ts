import { Router } from 'express';
import { z } from 'zod';
import type { AuditRow } from '#shared/audit/log.ts';
import { auditKinds } from '#shared/run/audit-row.ts';
import { callerKey } from '#shared/run/request.ts';
import { monthOf, monthPattern, readRoleUsage, readUsage, type UsageRow } from '#shared/run/usage.ts';
import type { Api } from '../api.ts';
import { callerOf, type ApiCaller } from '../http/caller.ts';
import { onlyMethods } from '../http/errors.ts';
import { budgetOf } from '#shared/rights/budget.ts';
import { demandOperator, personOf } from './access.ts';
import { iso } from './present.ts';
import { oneMore, page, pageQuery, readQuery, rowPlace } from './query.ts';

export const usageQuery = z.object({
  month: z.string().regex(monthPattern, 'must be a month such as 2026-11').optional(),
  by: z.enum(['caller', 'role'], 'must be caller or role').default('caller'),
});

export const auditQuery = pageQuery.extend({
  before: rowPlace.optional(),
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
      const { month, by } = readQuery(usageQuery, request.query);
      const caller = callerOf(request);
      response.json(by === 'role' ? await usageOfRoles(api, caller, month) : await usageFor(api, caller, month));
    })
    .all(onlyMethods('GET'));
  router
    .route('/v1/audit')
    .get(async (request, response) => {
      const { limit, since, before, user, run, tool, kind } = readQuery(auditQuery, request.query);
      const person = personOf(api, callerOf(request), user);
      const { rows, notes } = await api.lookup.audit({
        limit: limit + oneMore,
        ...(since !== undefined && { since }),
        ...(before !== undefined && { before }),
        ...(person !== undefined && { user: person }),
        ...(run !== undefined && { run }),
        ...(tool !== undefined && { tool }),
        ...(kind !== undefined && { kinds: [kind] }),
      });
      response.json(page(rows, { limit, view: auditView, placeOf: ({ id }) => id, notes }));
    })
    .all(onlyMethods('GET'));
  return router;
}

function auditView({ id, at, run, who, kind, data }: AuditRow) {
  return { id, at: iso(at), run, who, kind, data };
}

/** What was used in a month: a caller's own, for operators everybody's. */
export async function usageFor({ redis, policy }: Api, caller: ApiCaller, month = monthOf(Date.now())) {
  const everybody = policy.current().mayOperate(caller);
  const budgetUsd = budgetOf(policy, caller);
  const rows = await readUsage(redis, month, everybody ? undefined : callerKey(caller));
  return {
    object: 'list',
    month,
    data: rows.map(({ caller: who, ...used }) => ({ caller: who, ...usedView(used) })),
    ...(budgetUsd !== undefined && { budget_usd: budgetUsd }),
  };
}

/** What callers of each role used in a month, for operators. Throws ApiError 403 for others. */
async function usageOfRoles(api: Api, caller: ApiCaller, month = monthOf(Date.now())) {
  demandOperator(api, caller);
  const rows = await readRoleUsage(api.redis, month);
  return { object: 'list', month, data: rows.map(({ role, ...used }) => ({ role, ...usedView(used) })) };
}

function usedView({ runs, passedOn, inputTokens, outputTokens, costUsd }: Omit<UsageRow, 'caller'>) {
  return { runs, passed_on: passedOn, input_tokens: inputTokens, output_tokens: outputTokens, cost_usd: costUsd };
}

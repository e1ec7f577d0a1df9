import type { Request, Response } from 'express';
import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { isUsedUp, readBudget, type Budget } from '#shared/rights/budget.ts';
import type { PolicySource } from '#shared/rights/policy.ts';
import type { Accepted, AcceptLimits } from '#shared/run/accept.ts';
import { callerKey } from '#shared/run/request.ts';
import { callerOf, type ApiCaller } from './caller.ts';
import { ApiError, tooMany } from './errors.ts';
import { createRequestCounts, type RequestCounts } from './request-counts.ts';

export interface Limits {
  requests: RequestCounts;
  /**
   * Throws ApiError when the caller may begin no run now: no role, budget used up, too many under way. `response`: of
   * what is passed on without a run; its head is told how the budget stands.
   */
  checkRun(caller: ApiCaller, response?: Response): Promise<void>;
  /** Does the same for a run that is to be stored, and resolves to the limits that are checked in that step. */
  beforeRun(request: Request): Promise<AcceptLimits>;
  /** Throws ApiError 429 when such a limit was reached. */
  afterRun(request: Request, accepted: Accepted): void;
}

export interface LimitSettings {
  API_REQUESTS_PER_MINUTE: number;
  API_MAX_PENDING: number;
}

export function createLimits(redis: Redis, policy: PolicySource, settings: LimitSettings): Limits {
  const { API_REQUESTS_PER_MINUTE, API_MAX_PENDING: mostPending } = settings;
  const requests = createRequestCounts(redis, policy, API_REQUESTS_PER_MINUTE);

  /** How a caller stands with their budget. Throws for one without a role, or without money. */
  async function checkCaller(caller: ApiCaller): Promise<Budget | undefined> {
    if (policy.current().roles(caller).length === 0) {
      throw new ApiError(403, 'This key has no role, so it may ask nothing.', {
        type: 'permission_error',
        code: 'insufficient_permissions',
      });
    }
    const budget = await readBudget({ redis, policy }, caller);
    if (!budget || !isUsedUp(budget)) return budget;
    throw new ApiError(429, `The budget of this key, $${budget.limitUsd} a month, is used up.`, {
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    });
  }

  return {
    requests,
    async checkRun(caller, response) {
      tell(response, await checkCaller(caller));
      const pending = await redis.scard(keys.inflight(callerKey(caller)));
      if (pending >= mostPending) throw tooManyPending(pending);
    },
    async beforeRun(request) {
      tell(request.res, await checkCaller(callerOf(request)));
      const rate = requests.handOver(request);
      return { ...(rate && { requests: rate }), pending: mostPending };
    },
    afterRun(request, { tooMany: reached }) {
      if (reached?.what === 'requests') throw requests.refused(request, reached.waitMs);
      if (reached) throw tooManyPending(reached.count);
    },
  };
}

function tell(response: Response | undefined, budget: Budget | undefined): void {
  if (budget) response?.set('x-dragoman-budget', budgetText(budget));
}

/** What of the month's budget is used, and what it is: `used=1.7, limit=2`, in US dollars. */
function budgetText({ spentUsd, limitUsd }: Budget): string {
  return `used=${Number(spentUsd.toFixed(4))}, limit=${limitUsd}`;
}

function tooManyPending(count: number): ApiError {
  return tooMany(`${count} runs of this key are not answered yet.`, 'too_many_pending', 2_000);
}

import type { RequestHandler } from 'express';
import type { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { keys } from '#shared/redis/keys.ts';
import type { PolicySource } from '#shared/rights/policy.ts';
import { callerKey } from '#shared/run/request.ts';
import { spentThisMonth } from '#shared/run/usage.ts';
import { callerOf, type ApiCaller } from './caller.ts';
import { ApiError } from './errors.ts';

export interface Limits {
  /** Counts a request of this caller. Throws ApiError 429 when the minute's are used up. */
  countRequest(caller: ApiCaller): Promise<void>;
  /** Throws ApiError when the caller may begin no run now: no role, budget used up, too many under way. */
  checkRun(caller: ApiCaller): Promise<void>;
}

export interface LimitSettings {
  API_REQUESTS_PER_MINUTE: number;
  API_MAX_PENDING: number;
}

export function createLimits(redis: Redis, policy: PolicySource, settings: LimitSettings): Limits {
  const limiters = new Map<number, RateLimiterRedis>();
  function limiter(points: number): RateLimiterRedis {
    const known = limiters.get(points);
    if (known) return known;
    const made = new RateLimiterRedis({ storeClient: redis, keyPrefix: keys.apiRate, points, duration: 60 });
    limiters.set(points, made);
    return made;
  }
  return {
    async countRequest(caller) {
      const points = policy.current().requestsPerMinute(caller) ?? settings.API_REQUESTS_PER_MINUTE;
      try {
        await limiter(points).consume(callerKey(caller));
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        throw tooMany(`This key may send ${points} requests a minute.`, 'rate_limit_exceeded', error.msBeforeNext);
      }
    },
    async checkRun(caller) {
      if (policy.current().roles(caller).length === 0) {
        throw new ApiError(403, 'This key has no role, so it may ask nothing.', {
          type: 'permission_error',
          code: 'insufficient_permissions',
        });
      }
      const budgetUsd = budgetOf(policy, caller);
      const key = callerKey(caller);
      const [pending, spent] = await Promise.all([
        redis.scard(keys.inflight(key)),
        budgetUsd === undefined ? 0 : spentThisMonth(redis, key),
      ]);
      if (budgetUsd !== undefined && spent >= budgetUsd) {
        throw new ApiError(429, `The budget of this key, $${budgetUsd} a month, is used up.`, {
          type: 'insufficient_quota',
          code: 'insufficient_quota',
        });
      }
      if (pending >= settings.API_MAX_PENDING) {
        throw tooMany(`${pending} runs of this key are not answered yet.`, 'too_many_pending', 2_000);
      }
    },
  };
}

/** US dollars that a caller may cost in a month: the smaller of what its key and its roles say. */
export function budgetOf(policy: PolicySource, caller: ApiCaller): number | undefined {
  const limits = [caller.budgetUsd, policy.current().budgetUsd(caller)].filter((usd) => usd !== undefined);
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** Counts each request that has passed `authenticate`. */
export function countRequests(limits: Limits): RequestHandler {
  return async (request, _response, next) => {
    await limits.countRequest(callerOf(request));
    next();
  };
}

function tooMany(message: string, code: string, waitMs: number): ApiError {
  return new ApiError(429, `${message} Wait, and try again.`, {
    type: 'rate_limit_error',
    code,
    headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) },
  });
}

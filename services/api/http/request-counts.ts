import type { Request, RequestHandler } from 'express';
import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, of } from '#shared/redis/script.ts';
import type { PolicySource } from '#shared/rights/policy.ts';
import type { RateLimit } from '#shared/run/accept.ts';
import { callerKey } from '#shared/run/request.ts';
import { callerOf, confirmCaller, type ApiCaller } from './caller.ts';
import { tooMany, type ApiError } from './errors.ts';

/** Counts the requests of each caller in a minute, once each. */
export interface RequestCounts {
  /** Counts a request, unless it is counted. Throws ApiError 429 when the minute's are used up. */
  count(request: Request): Promise<void>;
  /** Throws ApiError 429 when the minute's are known to be used up. */
  check(request: Request): void;
  /** Hands the counting over to a script, with this limit; undefined when the request is counted. */
  handOver(request: Request): RateLimit | undefined;
  /** What a caller is told who has to wait. */
  refused(request: Request, waitMs: number): ApiError;
}

const withinMs = 60_000;

const countScript = defineScript(new URL('./count-request.lua', import.meta.url), {
  keys: ['rate'],
  args: { most: of<number>(), withinMs: of<number>() },
  reply: of<number>(),
});

export function createRequestCounts(redis: Redis, policy: PolicySource, perMinute: number): RequestCounts {
  const counted = new WeakSet<Request>();
  const mostOf = (caller: ApiCaller) => policy.current().requestsPerMinute(caller) ?? perMinute;
  /** Callers who have to wait, by what they may send, and until when: they are refused before anything is read. */
  const waiting = new Map<string, number>();
  const nameOf = (caller: ApiCaller) => `${callerKey(caller)} ${mostOf(caller)}`;

  function refused(request: Request, waitMs: number): ApiError {
    const caller = callerOf(request);
    waiting.set(nameOf(caller), performance.now() + waitMs);
    return tooMany(`This key may send ${mostOf(caller)} requests a minute.`, 'rate_limit_exceeded', waitMs);
  }

  function check(request: Request): void {
    const name = nameOf(callerOf(request));
    const left = (waiting.get(name) ?? 0) - performance.now();
    if (left > 0) throw refused(request, left);
    waiting.delete(name);
  }

  return {
    refused,
    check,
    handOver(request) {
      if (counted.has(request)) return undefined;
      counted.add(request);
      return { most: mostOf(callerOf(request)), withinMs };
    },
    async count(request) {
      if (counted.has(request)) return;
      counted.add(request);
      await confirmCaller(request);
      check(request);
      const caller = callerOf(request);
      const rate = keys.requestRate(callerKey(caller));
      const waitMs = await countScript(redis, { rate }, { most: mostOf(caller), withinMs });
      if (waitMs > 0) throw refused(request, waitMs);
    },
  };
}

/** Paths whose requests mostly begin a run: they are counted in the step that stores it. */
const asking = new Set(['/v1/chat/completions', '/v1/responses', '/chat', '/api/chat']);

/** Counts each request that has passed `authenticate`. */
export function countRequests(counts: RequestCounts): RequestHandler {
  return async (request, response, next) => {
    if (request.method === 'POST' && asking.has(request.path)) {
      counts.check(request);
      // One that began no run is counted all the same.
      response.once('close', () => void counts.count(request).catch(() => undefined));
    } else {
      await counts.count(request);
    }
    next();
  };
}

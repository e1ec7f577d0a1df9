import { createHash, randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { keys } from '#shared/redis/keys.ts';
import { callerKey, type RunRequestInput } from '#shared/run/request.ts';
import type { Api } from '../api.ts';
import { callerOf, runCaller, type ApiCaller } from '../http/caller.ts';
import { ApiError } from '../http/errors.ts';

/** What a route asks for; the rest of the request is the same for all. */
export type Question = Omit<RunRequestInput, 'id' | 'caller' | 'conversation'> & { conversation?: string };

export interface Idempotent {
  /** The client's `Idempotency-Key`. */
  key: string | undefined;
  /** What it stands for: all that the client sent. */
  payload: unknown;
}

/** Milliseconds for which a key is known. */
const idempotencyMs = 24 * 3_600_000;

/**
 * Accepts a question as a run, which is durable once this resolves. The same idempotency key leads to the same run.
 * Throws ApiError 409 when the key came with another payload before, 403 and 429 when the caller may begin no run now.
 */
export async function ask(
  { redis, runs, limits }: Api,
  request: Request,
  question: Question,
  { key, payload }: Idempotent,
): Promise<string> {
  const caller = callerOf(request);
  const id = key === undefined ? `api-${randomUUID()}` : idempotentId(caller, key);
  if (key !== undefined && (await isKnown(redis, id, payload))) {
    await limits.requests.count(request);
    return id;
  }
  const most = await limits.beforeRun(request);
  const { conversation = `api:${caller.id}:${id}`, ...rest } = question;
  const accepted = await runs.accept({ ...rest, id, caller: runCaller(caller), conversation }, { limits: most });
  limits.afterRun(request, accepted);
  return id;
}

/** Milliseconds since the epoch: the same each time that the answer is read. */
export async function acceptedAt({ redis }: Pick<Api, 'redis'>, runId: string): Promise<number> {
  return Number((await redis.hget(keys.run(runId), 'acceptedAt')) ?? Date.now());
}

function idempotentId(caller: ApiCaller, key: string): string {
  return `api-${createHash('sha256')
    .update(`${callerKey(caller)}\n${key}`)
    .digest('hex')
    .slice(0, 40)}`;
}

/** Whether this request has become a run before. */
async function isKnown(redis: Api['redis'], id: string, payload: unknown): Promise<boolean> {
  const hash = createHash('sha256').update(JSON.stringify(payload)).digest('hex');
  const name = keys.idempotency(id);
  const stored = await redis.set(name, hash, 'PX', idempotencyMs, 'NX', 'GET');
  if (stored !== null && stored !== hash) {
    throw new ApiError(409, 'This Idempotency-Key came with another request before. Use a new one.', {
      code: 'idempotency_key_reused',
    });
  }
  return stored !== null && (await redis.exists(keys.run(id))) === 1;
}

/** The value of `Idempotency-Key`, if there is one. Throws ApiError 400 for one that is too long. */
export function idempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined || header === '') return undefined;
  if (header.length > 255) throw new ApiError(400, 'The Idempotency-Key may have at most 255 characters.');
  return header;
}

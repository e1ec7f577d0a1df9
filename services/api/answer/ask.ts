import { createHash, randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { keys } from '#shared/redis/keys.ts';
import type { Accepted, StoredKeyText } from '#shared/run/accept.ts';
import { callerKey, type RunRequestInput } from '#shared/run/request.ts';
import type { Api } from '../api.ts';
import { callerOf, confirmCaller, keyConfirmed, runCaller, unconfirmedKey, type ApiCaller } from '../http/caller.ts';
import { ApiError } from '../http/errors.ts';

/** What a route asks for; the rest of the request is the same for all. */
export type Question = Omit<RunRequestInput, 'id' | 'caller' | 'conversation'> & { conversation?: string };

export interface Idempotent {
  /** The client's `Idempotency-Key`. */
  key: string | undefined;
  /** What it stands for: all that the client sent. */
  payload: unknown;
}

/** A question, and what becomes of others by it. */
export interface Asked extends Idempotent {
  /** A run that waits for a decision, and that this question goes on without. It is stopped when the question stands. */
  leaves?: string | undefined;
}

/** Milliseconds for which a key is known. */
const idempotencyMs = 24 * 3_600_000;

/**
 * Accepts a question as a run, which is durable once this resolves. The same idempotency key leads to the same run.
 * Throws ApiError 409 when the key came with another payload before, 403 and 429 when the caller may begin no run now.
 */
export async function ask(api: Api, request: Request, question: Question, asked: Asked): Promise<string> {
  const caller = callerOf(request);
  const id = await accepted(api, request, question, asked);
  // A question that was refused has undone nothing.
  if (asked.leaves !== undefined) await api.runs.stop(asked.leaves, `${caller.name} (went on without a decision)`);
  return id;
}

async function accepted(
  { redis, runs, limits }: Api,
  request: Request,
  question: Question,
  { key, payload }: Idempotent,
): Promise<string> {
  const caller = callerOf(request);
  const { id, known } =
    key === undefined ? { id: newId(), known: false } : await idOfUse(redis, caller, { key, payload });
  if (known) {
    await limits.requests.count(request);
    return id;
  }
  const most = await limits.beforeRun(request);
  const { conversation = `api:${caller.id}:${id}`, ...rest } = question;
  const { budgetUsd: monthUsd } = caller;
  const input = { ...rest, id, caller: runCaller(caller), conversation, ...(monthUsd !== undefined && { monthUsd }) };
  const stored = await acceptFor(request, (read) => runs.accept(input, { limits: most, ...(read && { key: read }) }));
  limits.afterRun(request, stored);
  return id;
}

/**
 * The run that a repetition leads to, whatever has become of what its first request was about; undefined for a request
 * that is no repetition. Throws ApiError 409 as `ask` does.
 */
export async function repeatedRun(
  { redis, limits }: Api,
  request: Request,
  { key, payload }: Idempotent,
): Promise<string | undefined> {
  if (key === undefined) return undefined;
  const stored = await redis.get(useName(callerOf(request), key));
  const first = stored === null ? undefined : runOfUse(stored, payload);
  if (first === undefined || (await redis.exists(keys.run(first))) === 0) return undefined;
  await limits.requests.count(request);
  return first;
}

/** Accepts with the key that has to be confirmed. Throws ApiError 401 when it is not valid any more. */
async function acceptFor(request: Request, accept: (key?: StoredKeyText) => Promise<Accepted>): Promise<Accepted> {
  const key = unconfirmedKey(request);
  const accepted = await accept(key && { id: key.id, text: key.text });
  if (!accepted.keyChanged) {
    keyConfirmed(request);
    return accepted;
  }
  // A key that was rotated is another text, and stays valid for a while, with the same rights.
  await confirmCaller(request);
  return accept();
}

/** Milliseconds since the epoch: the same each time that the answer is read. */
export async function acceptedAt({ redis }: Pick<Api, 'redis'>, runId: string): Promise<number> {
  return Number((await redis.hget(keys.run(runId), 'acceptedAt')) ?? Date.now());
}

function newId(): string {
  return `api-${randomUUID()}`;
}

/** The run that this key stands for, and whether it has been accepted before. */
async function idOfUse(
  redis: Api['redis'],
  caller: ApiCaller,
  { key, payload }: { key: string; payload: unknown },
): Promise<{ id: string; known: boolean }> {
  const id = newId();
  const stored = await redis.set(useName(caller, key), `${hashOf(payload)} ${id}`, 'PX', idempotencyMs, 'NX', 'GET');
  if (stored === null) return { id, known: false };
  const first = runOfUse(stored, payload);
  return { id: first, known: (await redis.exists(keys.run(first))) === 1 };
}

function useName(caller: ApiCaller, key: string): string {
  return keys.idempotency(sha256(`${callerKey(caller)}\n${key}`));
}

function hashOf(payload: unknown): string {
  return sha256(JSON.stringify(payload));
}

/** The run of a use that is stored. Throws ApiError 409 when it was of another payload. */
function runOfUse(stored: string, payload: unknown): string {
  const [before, first = ''] = stored.split(' ');
  if (before === hashOf(payload)) return first;
  throw new ApiError(409, 'This Idempotency-Key came with another request before. Use a new one.', {
    code: 'idempotency_key_reused',
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The value of `Idempotency-Key`, if there is one. Throws ApiError 400 for several, and for one that is too long. */
export function idempotencyKey({ headersDistinct }: Request): string | undefined {
  const [header = '', ...more] = headersDistinct['idempotency-key'] ?? [];
  if (more.length > 0) throw new ApiError(400, 'Send one Idempotency-Key, not several.');
  if (header === '') return undefined;
  if (header.length > 255) throw new ApiError(400, 'The Idempotency-Key may have at most 255 characters.');
  return header;
}

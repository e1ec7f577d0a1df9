import type { Request } from 'express';
import type { Caller } from '#shared/run/request.ts';

/** Who has sent a request, and what its key says besides the policy. */
export interface ApiCaller extends Caller {
  kind: 'api';
  /** Models that may be asked for by name; the roles decide when absent. */
  models?: string[];
  /** US dollars in a calendar month. */
  budgetUsd?: number;
}

const callers = new WeakMap<Request, ApiCaller>();

export function setCaller(request: Request, caller: ApiCaller): void {
  callers.set(request, caller);
}

/** The caller of a request that has passed `authenticate`. */
export function callerOf(request: Request): ApiCaller {
  const caller = callers.get(request);
  if (!caller) throw new Error('the route stands behind authenticate');
  return caller;
}

/** A key that was read before this request, and may have been changed since. */
interface Unconfirmed {
  id: string;
  /** What was stored of it. */
  text: string;
  /** Reads it anew. Throws ApiError 401 when it is not valid any more. */
  confirm(): Promise<void>;
}

const unconfirmed = new WeakMap<Request, Unconfirmed>();

export function setUnconfirmed(request: Request, key: Unconfirmed): void {
  unconfirmed.set(request, key);
}

/** The key that still has to be confirmed before its caller gets or changes anything; undefined when none has to be. */
export function unconfirmedKey(request: Request): Unconfirmed | undefined {
  return unconfirmed.get(request);
}

/** The step that acted has found the key unchanged. */
export function keyConfirmed(request: Request): void {
  unconfirmed.delete(request);
}

/** Confirms the key where nobody has yet. Throws ApiError 401 when it is not valid any more. */
export async function confirmCaller(request: Request): Promise<void> {
  const key = unconfirmed.get(request);
  if (!key) return;
  await key.confirm();
  unconfirmed.delete(request);
}

/** The caller as runs store it. */
export function runCaller({ kind, id, name, discordRoles, roles }: ApiCaller): Caller {
  return { kind, id, name, discordRoles, ...(roles && { roles }) };
}

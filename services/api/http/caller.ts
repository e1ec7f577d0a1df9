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

/** The caller as runs store it. */
export function runCaller({ kind, id, name, discordRoles, roles }: ApiCaller): Caller {
  return { kind, id, name, discordRoles, ...(roles && { roles }) };
}

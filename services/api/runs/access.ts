import type { RunRecord } from '#shared/run/record.ts';
import type { Api } from '../api.ts';
import type { ApiCaller } from '../http/caller.ts';
import { ApiError, notFound } from '../http/errors.ts';

/** Whether the caller asked this. */
export function isOwn(caller: ApiCaller, { caller: asker }: Pick<RunRecord['request'], 'caller'>): boolean {
  return asker.kind === 'api' && asker.id === caller.id;
}

/** Whether the caller asked this run, or operates the server. */
function maySee({ policy }: Pick<Api, 'policy'>, caller: ApiCaller, { request }: RunRecord): boolean {
  return isOwn(caller, request) || policy.current().mayOperate(caller);
}

/** The run of this id. Throws the same 404 when it does not exist and when it is somebody else's. */
export async function runOf(api: Api, caller: ApiCaller, id: string): Promise<RunRecord> {
  const record = /^[A-Za-z0-9_-]{1,100}$/.test(id) ? await api.lookup.run(id) : undefined;
  if (!record || !maySee(api, caller, record)) throw notFound('run of this id');
  return record;
}

/** Throws ApiError 403 unless the caller operates the server. */
export function demandOperator({ policy }: Pick<Api, 'policy'>, caller: ApiCaller): void {
  if (policy.current().mayOperate(caller)) return;
  throw new ApiError(403, "This is for operators: none of this key's roles has `operate`.", {
    type: 'permission_error',
    code: 'insufficient_permissions',
  });
}

/** Whose runs a list shows: a caller's own, or for operators everybody's or those of the person asked for. */
export function personOf(
  { policy }: Pick<Api, 'policy'>,
  caller: ApiCaller,
  asked: string | undefined,
): string | undefined {
  return policy.current().mayOperate(caller) ? asked : `api:${caller.id}`;
}

import type { Redis } from 'ioredis';
import { z } from 'zod';
import { keys } from '#shared/redis/keys.ts';
import { callerNames, callerSchema, type Caller } from './request.ts';

type Named = Pick<Caller, 'kind' | 'id' | 'name'>;

/** The lists of all runs that hold a run of this caller, by the names that scripts give them. */
export function recentLists(caller: Named) {
  const [byId, byName] = callerNames(caller);
  return { recent: keys.recent, recentOfId: keys.recentOf(byId), recentOfName: keys.recentOf(byName) };
}

/** The lists of failed runs that hold a run of this caller that failed with this reason. */
export function failedLists(caller: Named, reason: string) {
  const [byId, byName] = callerNames(caller);
  return {
    failed: keys.failed,
    failedOfId: keys.failedOf(byId),
    failedOfName: keys.failedOf(byName),
    failedFor: keys.failedFor(reason),
  };
}

export type RunLists = ReturnType<typeof recentLists> & ReturnType<typeof failedLists>;

const listedSchema = z.object({ caller: callerSchema.pick({ kind: true, id: true, name: true }) });

/** All lists that hold each run, by its record; without a readable record, only those of all callers are sure. */
export async function readLists(redis: Redis, runIds: string[]): Promise<RunLists[]> {
  const pipeline = redis.pipeline();
  for (const id of runIds) pipeline.hmget(keys.run(id), 'request', 'reason');
  return ((await pipeline.exec()) ?? []).map(([error, value]) => {
    if (error) throw error;
    const [request, reason] = value as (string | null)[];
    const listed = listedSchema.safeParse(jsonOf(request ?? null));
    const caller = listed.success ? listed.data.caller : { kind: 'terminal' as const, id: '', name: '' };
    return { ...recentLists(caller), ...failedLists(caller, reason ?? '') };
  });
}

function jsonOf(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

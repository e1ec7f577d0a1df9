import type { Redis } from 'ioredis';
import { rowOf } from '#shared/run/audit-row.ts';
import { keys } from '#shared/redis/keys.ts';
import { discardScript } from './discard.ts';

/** Records that a person (`kind:id`) was forgotten at their own wish, and how much of them. */
export async function auditForget(redis: Redis, person: string, forgotten: object): Promise<void> {
  await discardScript(redis, { log: keys.audit }, { id: '', who: person, row: rowOf('forget', forgotten) });
}

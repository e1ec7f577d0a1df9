import type { Redis } from 'ioredis';
import { rowOf } from '#shared/run/audit-row.ts';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, of } from '#shared/redis/script.ts';

export const discardScript = defineScript(new URL('./discard.lua', import.meta.url), {
  keys: ['log'],
  args: { id: of<string>(), who: of<string>(), row: of<string>() },
  reply: of<1>(),
});

/** Records that an operator forgets a run of `who` (as `whoOf` says it), before it is forgotten. */
export async function auditDiscard(redis: Redis, run: { id: string; who: string }, by: string): Promise<void> {
  await discardScript(redis, { log: keys.audit }, { ...run, row: rowOf('discard', { by }) });
}

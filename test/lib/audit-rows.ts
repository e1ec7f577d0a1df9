import type { Redis } from 'ioredis';
import { chainHash } from '#shared/audit/chain.ts';
import type { AuditKind } from '#shared/run/audit-row.ts';
import { keys } from '#shared/redis/keys.ts';

export interface PlainAuditRow {
  run: string;
  who: string;
  kind: AuditKind;
  data: object;
}

/**
 * Fills an empty audit log with `count` rows, chained as the scripts chain them. `at` gives each row's time in
 * milliseconds since the epoch.
 */
export async function fillAudit(
  redis: Redis,
  count: number,
  row: (index: number) => PlainAuditRow,
  at: (index: number) => number,
): Promise<void> {
  let hash = '';
  for (let from = 0; from < count; from += 2_000) {
    const pipeline = redis.pipeline();
    for (let index = from; index < Math.min(from + 2_000, count); index += 1) {
      const { run, who, kind, data } = row(index);
      const stored = { id: `${at(index)}-0`, run, who, kind, data: JSON.stringify(data) };
      hash = chainHash(hash, stored);
      const { id } = stored;
      pipeline.xadd(keys.audit, id, 'run', run, 'who', who, 'kind', kind, 'data', stored.data, 'hash', hash);
    }
    await pipeline.exec();
  }
}

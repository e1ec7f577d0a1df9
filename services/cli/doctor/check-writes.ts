import type { Redis } from 'ioredis';
import { broken, ok, warning, type Finding } from './finding.ts';

/** Part of its memory from which Redis counts as nearly full, as in the alert RedisMemory. */
const nearlyFull = 0.8;

/** Checks that Redis takes writes: a replica, a full memory and a disk that fails all answer, but take no question. */
export async function checkWrites(redis: Redis): Promise<Finding> {
  const info = (await Promise.all(['memory', 'persistence', 'replication'].map((part) => redis.info(part)))).join('\n');
  const read = (field: string) => new RegExp(`^${field}:(\\S+)`, 'm').exec(info)?.[1] ?? '';
  if (read('role') === 'slave') {
    const mend = 'Set REDIS_URL to the master; docs/operations.md, Which Redis, says how failovers are followed.';
    return broken(
      'Redis writes',
      `it is a replica of ${read('master_host')}:${read('master_port')}: all are refused`,
      mend,
    );
  }
  const failing = ['aof_last_write_status', 'rdb_last_bgsave_status', 'aof_last_bgrewrite_status'].filter(
    (field) => read(field) === 'err',
  );
  if (failing.length > 0) {
    const mend = "Is its disk full (df), and may it write there? Redis' log says why; it takes writes again by itself.";
    return broken('Redis writes', `it cannot write to its disk (${failing.join(', ')})`, mend);
  }
  const [used, max] = [Number(read('used_memory')), Number(read('maxmemory'))];
  if (max === 0) return ok('Redis writes', `${mebibytes(used)} used, without a limit`);
  const detail = `${mebibytes(used)} of ${mebibytes(max)} used`;
  const mend =
    'Raise maxmemory, or keep less: ARCHIVE_AFTER_HOURS, RETENTION_*; docs/operations.md, RedisMemory, has the steps.';
  if (used >= max) return broken('Redis writes', `${detail}: questions are refused`, mend);
  return used >= max * nearlyFull ? warning('Redis writes', detail, mend) : ok('Redis writes', detail);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(bytes < 10_485_760 ? 1 : 0)} MiB`;
}

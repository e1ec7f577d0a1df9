import type { Redis } from 'ioredis';
import { auditRowAt, readAudit, timeOfRow, type StoredAuditRow } from './log.ts';
import { isGenuine, markText, readMarks, storedMark, type AuditMark } from './marks.ts';
import { chainHash } from './chain.ts';
import { dropSegments } from './segments.ts';
import { keys } from '#shared/redis/keys.ts';
import { redisNow } from '#shared/redis/connect.ts';
import { defineScript, of } from '#shared/redis/script.ts';

/** `unchanged`: nothing is new since the last seal. `broken`: the log was changed, or does not follow from the seal. */
export type Sealing = { state: 'sealed'; row: StoredAuditRow } | { state: 'unchanged' | 'broken' };

/**
 * Vouches with the signing key for the rows since the last seal, when they follow from it. Somebody who can write to
 * Redis but lacks the key cannot make a changed log look right. Keep a sealed row's hash where Redis does not reach.
 */
export async function sealAudit(redis: Redis, key: string): Promise<Sealing> {
  const { seal, cut } = await readMarks(redis);
  if (seal && (!isGenuine(key, 'seal', seal) || (await auditRowAt(redis, seal.id))?.hash !== seal.hash))
    return { state: 'broken' };
  let before = seal?.hash ?? cut?.hash ?? '';
  let newest: StoredAuditRow | undefined;
  for await (const row of readAudit(redis, seal?.id)) {
    if (chainHash(before, row) !== row.hash) return { state: 'broken' };
    before = row.hash;
    newest = row;
  }
  if (!newest) return { state: 'unchanged' };
  const next = markText(key, 'seal', newest.id, newest.hash);
  const done = await sealScript(redis, { marks: keys.auditMarks }, { before: seal ? storedMark(seal) : '', next });
  return done === 1 ? { state: 'sealed', row: newest } : { state: 'unchanged' };
}

/** Replaces only the seal that was read: somebody else may have sealed further meanwhile and cut up to there. */
const sealScript = defineScript(new URL('./seal.lua', import.meta.url), {
  keys: ['marks'],
  args: { before: of<string>(), next: of<string>() },
  reply: of<0 | 1>(),
});

/** Seals the log as it stands and renews its cut with this key, because an operator says that it can be trusted. */
export async function sealAnew(redis: Redis, key: string): Promise<Sealing> {
  const { cut } = await readMarks(redis);
  if (cut) await redis.hset(keys.auditMarks, 'cut', markText(key, 'cut', cut.id, cut.hash));
  await redis.hdel(keys.auditMarks, 'seal');
  return sealAudit(redis, key);
}

/** The most rows that one pass takes; the rest waits for the next pass. */
const cutAtOnce = 20_000;

/** Keeps rows elsewhere for good once it resolves. `begin` is where the log begins, when retention has cut it. */
export type StoreRows = (rows: StoredAuditRow[], begin: AuditMark | undefined) => Promise<void>;

/**
 * Takes the oldest rows: those older than `keep.ms` milliseconds, and those beyond the newest `keep.max`. The newest
 * row stays, because the next one is chained to it, and so does the sealed one. `store` is given the rows first; when
 * it rejects, all stay. Returns how many went.
 */
export async function cutAudit(
  redis: Redis,
  key: string,
  keep: { ms: number; max: number },
  store?: StoreRows,
): Promise<number> {
  const { seal, cut } = await readMarks(redis);
  const oldestKept = (await redisNow(redis)) - keep.ms;
  const length = await redis.xlen(keys.audit);
  const taken: StoredAuditRow[] = [];
  for await (const row of readAudit(redis)) {
    const due = length - taken.length > keep.max || timeOfRow(row) < oldestKept;
    if (due && row.id !== seal?.id && taken.length < cutAtOnce && taken.length < length - 1) {
      taken.push(row);
      continue;
    }
    const [oldest, last] = [taken[0], taken.at(-1)];
    if (!oldest || !last) return 0;
    await store?.(taken, cut);
    return cutOff(redis, key, { oldest, last, first: row });
  }
  return 0;
}

/** Cuts off the rows before one of them and notes where, in one step. Does nothing when somebody else has cut. */
const cutScript = defineScript(new URL('./cut.lua', import.meta.url), {
  keys: ['log', 'marks'],
  args: { oldest: of<string>(), first: of<string>(), mark: of<string>() },
  reply: of<number>(),
});

/** `oldest` and `last` go, `first` stays. */
interface Cut {
  oldest: StoredAuditRow;
  last: StoredAuditRow;
  first: StoredAuditRow;
}

async function cutOff(redis: Redis, key: string, { oldest, last, first }: Cut): Promise<number> {
  const mark = markText(key, 'cut', first.id, last.hash);
  const gone = await cutScript(
    redis,
    { log: keys.audit, marks: keys.auditMarks },
    { oldest: oldest.id, first: first.id, mark },
  );
  await dropSegments(redis);
  return gone;
}

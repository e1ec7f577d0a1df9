import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openArchive } from '#shared/archive/database.ts';
import { createLookup } from '#shared/archive/lookup.ts';
import { keys } from '#shared/redis/keys.ts';
import { registry } from '#shared/process/metrics.ts';
import { readRun } from '#shared/run/record.ts';
import { startTestArchive, type TestArchive } from '#test/lib/archive.ts';
import { fillAudit } from '#test/lib/audit-rows.ts';
import { addEndedRun, type EndedRun } from '#test/lib/ended-runs.ts';
import { POSTGRES_START_TIMEOUT_MS } from '#test/lib/postgres.ts';
import { startTestStore } from '#test/lib/test-store.ts';
import { archiveRound, leaveInNeed } from './archive.ts';
import { clean, relieve, type Retention } from './clean.ts';

const { redis, queues } = await startTestStore();
const signingKey = 'the-key-of-this-test-and-no-other';
const hour = 3_600_000;
const day = 24 * hour;
const keep: Retention = {
  runsMs: 7 * day,
  runsMax: 100,
  failedMs: 30 * day,
  failedMax: 100,
  unstoredMs: day,
  conversationsMs: day,
  conversationsMax: 100,
  auditMs: 90 * day,
  auditMax: 100,
  memoryPercent: 100,
  youngMs: 0,
};
const settings = { afterMs: 3 * day, keepMs: 365 * day, signingKey };

let place: TestArchive;
beforeAll(async () => {
  place = await startTestArchive();
}, POSTGRES_START_TIMEOUT_MS);
afterAll(() => place?.[Symbol.asyncDispose]());
beforeEach(() => place.archive.query('TRUNCATE archive.runs, archive.audit, archive.marks, archive.discarded CASCADE'));

const add = (run: EndedRun) => addEndedRun({ redis, queues }, run);
const round = (changes: Partial<Retention> = {}, archive = place.archive, more = {}) =>
  archiveRound(redis, archive, { ...keep, ...changes }, { ...settings, ...more });
const inRedis = async () => (await redis.keys('*:run:*:journal')).map((name) => name.split(':')[2]).toSorted();
const inArchive = async () =>
  (await place.archive.query('SELECT run FROM archive.runs ORDER BY run')).map(({ run }) => run);
const away = () => openArchive('postgres://dragoman_archive:x@127.0.0.1:9/dragoman_archive');

/** The value of a counter; `series` is its name with labels as Prometheus writes them. */
async function counted(series: string): Promise<number> {
  const line = (await registry.metrics()).split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.split(' ').at(-1) ?? 0);
}

it('moves what is old enough, failed runs when their own time is over, and nothing that has not ended', async () => {
  await add({ id: 'young', ageMs: day });
  await add({ id: 'old', ageMs: 4 * day });
  await add({ id: 'broken', ageMs: 20 * day, outcome: 'failed', reason: 'deadline' });
  await add({ id: 'long-broken', ageMs: 31 * day, outcome: 'failed', reason: 'deadline' });
  await add({ id: 'waiting', ageMs: 9 * day });
  await redis.hdel(keys.run('waiting'), 'endedAt');
  await round();
  expect(await inArchive()).toEqual(['long-broken', 'old']);
  expect(await inRedis()).toEqual(['broken', 'waiting', 'young']);
  await round({ runsMs: hour });
  expect(await inArchive()).toEqual(['long-broken', 'old', 'young']);
  const lookup = createLookup({ redis, archive: place.archive });
  expect((await lookup.failed({ limit: 9 })).rows.map(({ id }) => id)).toEqual(['broken', 'long-broken']);
});

it('never takes what was not to be stored: that is forgotten in its place', async () => {
  await add({ id: 'stored', ageMs: 4 * day });
  await add({ id: 'unstored', ageMs: 4 * day });
  await redis.zadd(keys.unstored, Date.now(), 'unstored');
  await round();
  expect([await inArchive(), await inRedis(), await redis.zcard(keys.unstored)]).toEqual([['stored'], [], 0]);
  await add({ id: 'in-need', ageMs: day });
  await redis.zadd(keys.unstored, Date.now(), 'in-need');
  expect(await leaveInNeed(redis, place.archive)(['in-need'])).toBe(1);
  expect([await inArchive(), await inRedis()]).toEqual([['stored'], []]);
});

it('moves what is beyond the numbers that Redis keeps, instead of forgetting it', async () => {
  for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) await add({ id, ageMs: (10 - index) * 1_000 });
  await fillAudit(
    redis,
    300,
    (index) => ({ run: 'a', who: '', kind: 'stop', data: { by: `x${index}` } }),
    (index) => Date.now() - 400_000 + index * 1_000,
  );
  await clean(redis, queues, { ...keep, runsMax: 2, auditMax: 100 }, { signingKey, archives: true });
  expect(await inRedis()).toHaveLength(4);
  expect(await redis.xlen(keys.audit)).toBe(300);
  await round({ runsMax: 2 });
  expect(await inRedis()).toEqual(['c', 'd']);
  expect(await inArchive()).toEqual(['a', 'b']);
  expect(await redis.xlen(keys.audit)).toBe(100);
  expect(await createLookup({ redis, archive: place.archive }).checkAudit(signingKey)).toMatchObject({
    rows: 300,
    problems: [],
  });
});

it('lets all stay while the archive is away, counts that, and moves it afterwards', async () => {
  await add({ id: 'old', ageMs: 40 * day });
  await add({ id: 'broken', ageMs: 40 * day, outcome: 'failed', reason: 'deadline' });
  await fillAudit(
    redis,
    20,
    () => ({ run: 'a', who: '', kind: 'stop', data: { by: 'x' } }),
    (index) => Date.now() - 40 * day + index,
  );
  const failures = (task: string) => counted(`dragoman_housekeeping_failures_total{task="${task}"}`);
  const before = await failures('archive-runs');
  await using gone = away();
  await round({}, gone);
  await clean(redis, queues, keep, { signingKey, archives: true });
  expect(await inRedis()).toEqual(['broken', 'old']);
  expect(await redis.ttl(keys.run('old'))).toBe(-1);
  expect(await redis.xlen(keys.audit)).toBe(20);
  expect(await failures('archive-runs')).toBe(before + 1);
  expect(await failures('archive-failed')).toBeGreaterThan(0);
  expect(await failures('archive-audit')).toBeGreaterThan(0);
  const moved = await counted('dragoman_archived_total{what="runs"}');
  await round();
  expect(await inRedis()).toEqual([]);
  expect(await redis.xlen(keys.audit)).toBe(1);
  expect(await counted('dragoman_archived_total{what="runs"}')).toBe(moved + 2);
});

it('frees Redis in need: into the archive, and without it for good, which is counted', async () => {
  for (let index = 0; index < 20; index += 1) await add({ id: `r${index}`, ageMs: 60_000 - index * 1_000 });
  const press = async (leave: ReturnType<typeof leaveInNeed>) => {
    const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
    await redis.config('SET', 'maxmemory', String(used * 2));
    await relieve(redis, { ...keep, memoryPercent: 1, youngMs: 50_000 }, leave);
    await redis.config('SET', 'maxmemory', '0');
  };
  const lost = await counted('dragoman_runs_unarchived_total');
  await press(leaveInNeed(redis, place.archive));
  const moved = await inArchive();
  expect(moved.length).toBeGreaterThan(0);
  expect(await counted('dragoman_runs_unarchived_total')).toBe(lost);
  await redis.hset(keys.run('r19'), 'endedAt', Date.now() - day);
  await using gone = away();
  await press(leaveInNeed(redis, gone));
  expect(await inArchive()).toEqual(moved);
  expect(await readRun(redis, 'r19')).toBeUndefined();
  expect(await counted('dragoman_runs_unarchived_total')).toBe(lost + 1);
});

it('forgets in the archive what is older than it keeps', async () => {
  await add({ id: 'ancient', ageMs: 400 * day });
  await add({ id: 'old', ageMs: 100 * day });
  await round({}, place.archive, { keepMs: 500 * day });
  expect(await inArchive()).toEqual(['ancient', 'old']);
  await round();
  expect(await inArchive()).toEqual(['old']);
});

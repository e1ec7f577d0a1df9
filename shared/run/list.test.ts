import { expect, it } from 'vitest';
import { countCommands } from '#test/lib/commands.ts';
import { addEndedRun, type EndedRun } from '#test/lib/ended-runs.ts';
import { startTestStore } from '#test/lib/test-store.ts';
import { keys } from '#shared/redis/keys.ts';
import { forgetRuns } from './forget.ts';
import { indexRuns } from './index-runs.ts';
import { listFailed, listRecent, type Found } from './list.ts';
import type { RunRecord } from './record.ts';

const { redis, queues } = await startTestStore();

const ada = { kind: 'terminal', id: 'u1', name: 'Ada Löve' } as const;
const bob = { kind: 'discord', id: '42', name: 'bob' } as const;
const names = ({ rows }: Found<RunRecord>) => rows.map(({ id }) => id);
// Two runs may fall into the same millisecond: then the greater id is the later, so that ids here rise with time.
const add = (run: EndedRun) => addEndedRun({ redis, queues }, run);

/** Makes the store look like one of an earlier version, which has only the lists of all runs. */
async function dropIndexes(): Promise<void> {
  const lists = await redis.keys('*:index:*');
  const known: string[] = [keys.recent, keys.failed];
  await redis.del(keys.indexed, ...lists.filter((key) => !known.includes(key)));
}

it('finds a person by each of their names, the latest first', async () => {
  await add({ id: 'a1', caller: ada });
  await add({ id: 'b1', caller: bob });
  await add({ id: 'a2', caller: { ...ada, name: 'Ada' } });
  await add({ id: 'a3', caller: ada });
  await indexRuns(redis);
  const by = async (user: string) => names(await listRecent(redis, { user, limit: 9 }));
  expect(await by('u1')).toEqual(['a3', 'a2', 'a1']);
  expect(await by('terminal:u1')).toEqual(['a3', 'a2', 'a1']);
  expect(await by('Ada Löve')).toEqual(['a3', 'a1']);
  expect(await by('terminal:Ada Löve')).toEqual(['a3', 'a1']);
  expect(await by('bob')).toEqual(['b1']);
  expect(await by('discord:42')).toEqual(['b1']);
  expect(await by('terminal:42')).toEqual([]);
  expect(await by('')).toEqual([]);
});

it('narrows failed runs by reason, person and time together', async () => {
  for (let index = 0; index < 12; index += 1) {
    const reason = index % 3 === 0 ? 'deadline' : 'overloaded';
    await add({
      id: `f${String(index).padStart(2, '0')}`,
      caller: index % 2 === 0 ? ada : bob,
      outcome: 'failed',
      reason,
    });
  }
  await indexRuns(redis);
  const failed = async (filter: object) => names(await listFailed(redis, { limit: 99, ...filter }));
  expect(await failed({ reasons: ['deadline'] })).toEqual(['f09', 'f06', 'f03', 'f00']);
  expect(await failed({ reasons: ['deadline'], user: 'u1' })).toEqual(['f06', 'f00']);
  expect(await failed({ reasons: ['deadline', 'overloaded'], user: 'bob', limit: 2 })).toEqual(['f11', 'f09']);
  expect(await failed({ reasons: ['bad-key'] })).toEqual([]);
  const since = Number(await redis.zscore(keys.failed, 'f06'));
  expect(await failed({ reasons: ['deadline'], since })).toContain('f09');
  expect(await failed({ since: Date.now() + 3_600_000 })).toEqual([]);
});

it('reads no more than it shows, and nothing where nothing fits', async () => {
  for (let index = 0; index < 300; index += 1) {
    const failed = index % 3 === 0;
    await add({ id: `r${index}`, caller: ada, ...(failed && { outcome: 'failed', reason: 'deadline' }) });
  }
  await indexRuns(redis);
  const latest = await countCommands(redis, () => listRecent(redis, { limit: 20 }));
  expect(latest.result.rows).toHaveLength(20);
  expect(latest.calls['hgetall']).toBe(20);
  const filters = [
    { user: 'nobody' },
    { user: 'discord:u1' },
    { user: 'u1', reasons: ['bad-key'] },
    { user: 'bob', reasons: ['deadline'] },
  ];
  for (const filter of filters) {
    for (const list of filter.reasons ? [listFailed] : [listFailed, listRecent]) {
      const none = await countCommands(redis, () => list(redis, { ...filter, limit: 20 }));
      expect(none.result).toMatchObject({ rows: [], notes: [] });
      expect(none.calls['hgetall']).toBeUndefined();
      // The number does not depend on how many runs there are.
      expect(none.all).toBeLessThan(30);
    }
  }
});

it('looks at the latest runs of an earlier version, says so, and finds all once they are indexed', async () => {
  await add({ id: 'old1', caller: bob });
  await add({ id: 'old2', caller: bob, outcome: 'failed', reason: 'deadline' });
  for (let index = 0; index < 10; index += 1) await add({ id: `r${index}`, caller: ada });
  await dropIndexes();
  expect(await listRecent(redis, { user: 'bob', limit: 5 })).toMatchObject({
    rows: [{ id: 'old2' }, { id: 'old1' }],
    notes: [],
  });
  // There are so many runs that not all of them are looked at.
  const filler = Array.from({ length: 5_000 }, (_, index) => [Date.now() + 1_000, `gone${index}`]).flat();
  await redis.zadd(keys.recent, ...filler);
  const { rows, notes } = await listRecent(redis, { user: 'bob', limit: 5 });
  expect(rows).toEqual([]);
  expect(notes).toEqual([expect.stringContaining('only the latest 5000')]);
  await redis.zremrangebyscore(keys.recent, Date.now() + 500, '+inf');
  await redis.pexpire(keys.journal('old1'), 60_000);
  expect(await indexRuns(redis)).toBeGreaterThan(10);
  expect(names(await listRecent(redis, { user: 'bob', limit: 5 }))).toEqual(['old2', 'old1']);
  expect(names(await listFailed(redis, { reasons: ['deadline'], user: '42', limit: 5 }))).toEqual(['old2']);
  // That version let the journal expire; from here on housekeeping decides when it goes.
  expect(await redis.ttl(keys.journal('old1'))).toBe(-1);
  // Indexing once is enough for a day.
  expect(await indexRuns(redis)).toBe(0);
});

it('leaves nothing in any list of runs that are forgotten', async () => {
  await add({ id: 'a1', caller: ada });
  await add({ id: 'b1', caller: bob, outcome: 'failed', reason: 'deadline' });
  await forgetRuns(redis, ['a1', 'b1', 'never-was']);
  expect(await redis.keys('*:index:recent*')).toEqual([]);
  expect(await redis.keys('*:index:failed*')).toEqual([]);
  expect(await redis.keys('*:run:*')).toEqual([]);
});

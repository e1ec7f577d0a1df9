import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { testTools } from '#mcp/postgres/testing/database.ts';
import { startTestArchive, type TestArchive } from '#test/lib/archive.ts';
import { fillAudit } from '#test/lib/audit-rows.ts';
import { addEndedRun } from '#test/lib/ended-runs.ts';
import { POSTGRES_START_TIMEOUT_MS } from '#test/lib/postgres.ts';
import { startTestStore } from '#test/lib/test-store.ts';
import { copyRuns } from './copy.ts';
import { openArchive } from './database.ts';
import { createLookup, type Lookup } from './lookup.ts';
import { moveAudit, moveRuns } from './move.ts';
import { forgetArchivedRuns } from './runs.ts';
import { forgetArchivedAudit } from './audit.ts';
import { cutAudit, sealAudit } from '#shared/audit/keep.ts';
import { markText } from '#shared/audit/marks.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import { indexRuns } from '#shared/run/index-runs.ts';
import { appendEntries, readJournal } from '#shared/run/journal.ts';
import { readRun } from '#shared/run/record.ts';

const { redis, queues } = await startTestStore();
const parts = { redis, queues };
const key = 'the-key-of-this-test-and-no-other';
const hour = 3_600_000;

let place: TestArchive;
let lookup: Lookup;
beforeAll(async () => {
  place = await startTestArchive();
  lookup = createLookup({ redis, archive: place.archive });
}, POSTGRES_START_TIMEOUT_MS);
afterAll(() => place?.[Symbol.asyncDispose]());
beforeEach(async () => {
  await place.archive.query('TRUNCATE archive.runs, archive.audit, archive.marks, archive.discarded CASCADE');
  await indexRuns(redis);
});

const call: EntryOf<'tool.intended'> = {
  type: 'tool.intended',
  step: 0,
  call: 0,
  idempotencyKey: 'k',
  tool: 'read',
  domain: 'd',
  arguments: '{}',
  repeatable: true,
  readOnly: true,
};
const result: EntryOf<'tool.finished'> = {
  type: 'tool.finished',
  step: 0,
  call: 0,
  tool: 'read',
  domain: 'd',
  outcome: 'ok',
  content: `long \0 "\\u0000" \uD800 ${'x'.repeat(40_000)}`,
  durationMs: 5,
};

async function fill(count: number): Promise<void> {
  const begin = Date.now() - 10 * hour;
  const row = (index: number) => ({
    run: `run-${Math.floor(index / 4)}`,
    who: index % 2 === 0 ? 'terminal:u1 Ada' : 'discord:42 bob \0 x',
    kind: index % 50 === 0 ? ('decided' as const) : ('intent' as const),
    data: index % 50 === 0 ? { decision: 'allow', by: 'Eve' } : { tool: `tool${index % 3}`, arguments: 'a\0b' },
  });
  await fillAudit(redis, count, row, (index) => begin + index * 1_000);
}

it('reads a run from the archive as it was read from Redis, long results and all', async () => {
  await addEndedRun(parts, { id: 'r1', entries: [call, result], text: 'NUL \0 and \uD83D\uDE00' });
  const record = await readRun(redis, 'r1');
  const journal = await readJournal(redis, 'r1');
  expect(await moveRuns(redis, place.archive, ['r1'])).toBe(1);
  expect(await redis.keys('*:run:*')).toEqual([]);
  expect(await redis.keys('*:index:recent*')).toEqual([]);
  const found = await lookup.run('r1');
  expect(found).toEqual({ ...record, archived: true });
  expect(found && (await lookup.journal(found))).toEqual(journal);
  expect(await lookup.run('never-was')).toBeUndefined();
});

it('carries a journal of more entries than one page, and many results', async () => {
  const many = Array.from({ length: 250 }, (_, index) => [
    { ...call, call: index, idempotencyKey: `k${index}` },
    { ...result, call: index, content: `${index}`.repeat(8_000) },
  ]);
  await addEndedRun(parts, { id: 'long', entries: many.flat() });
  const journal = await readJournal(redis, 'long');
  expect(journal.length).toBeGreaterThan(500);
  await moveRuns(redis, place.archive, ['long']);
  const record = await lookup.run('long');
  expect(record && (await lookup.journal(record))).toEqual(journal);
});

it('loses and doubles nothing when it is killed between the archive and Redis', async () => {
  for (const id of ['a', 'b']) await addEndedRun(parts, { id, entries: [call, result], ageMs: hour });
  // The worker commits the copy and then dies.
  await copyRuns(redis, place.archive, ['a', 'b']);
  const before = await Promise.all(['a', 'b'].map((id) => readJournal(redis, id)));
  expect((await lookup.recent({ limit: 9 })).rows.map(({ id, archived }) => [id, archived])).toEqual([
    ['b', undefined],
    ['a', undefined],
  ]);
  // Somebody votes meanwhile; the second copy has the vote.
  await appendEntries(redis, 'a', [{ type: 'feedback', by: 'u', vote: 'up' }]);
  expect(await moveRuns(redis, place.archive, ['a', 'b'])).toBe(2);
  const { rows } = await lookup.recent({ limit: 9 });
  expect(rows.map(({ id, archived }) => [id, archived])).toEqual([
    ['b', true],
    ['a', true],
  ]);
  const after = await Promise.all(rows.toReversed().map((run) => lookup.journal(run)));
  expect(after[0]?.map(({ entry }) => entry.type)).toEqual([
    ...(before[0] ?? []).map(({ entry }) => entry.type),
    'feedback',
  ]);
  expect(after[1]).toEqual(before[1]);
});

it('leaves a run in Redis to which something was added after it was read', async () => {
  await addEndedRun(parts, { id: 'a' });
  const busy = { ...place.archive, transaction: withEntry('a') };
  expect(await moveRuns(redis, busy, ['a'])).toBe(0);
  expect(await readRun(redis, 'a')).toMatchObject({ outcome: 'answered' });
  expect(await moveRuns(redis, place.archive, ['a'])).toBe(1);
  const record = await lookup.run('a');
  expect(record && (await lookup.journal(record)).at(-1)?.entry.type).toBe('feedback');
});

/** An archive during whose commit somebody votes on the run. */
function withEntry(id: string): TestArchive['archive']['transaction'] {
  return async (work) => {
    const done = await place.archive.transaction(work);
    await appendEntries(redis, id, [{ type: 'feedback', by: 'u', vote: 'down' }]);
    return done;
  };
}

it('removes nothing while the archive is away, and says so', async () => {
  await addEndedRun(parts, { id: 'a' });
  await fill(20);
  await using away = openArchive('postgres://dragoman_archive:secret-word@127.0.0.1:9/dragoman_archive');
  await expect(moveRuns(redis, away, ['a'])).rejects.toThrow(/archive does not answer at 127\.0\.0\.1:9/);
  await expect(moveRuns(redis, away, ['a'])).rejects.not.toThrow(/secret-word/);
  await expect(moveAudit(redis, away, key, { ms: hour, max: 5 })).rejects.toThrow(/archive does not answer/);
  expect(await redis.xlen(keys.audit)).toBe(20);
  const blind = createLookup({ redis, archive: away });
  expect(await blind.recent({ limit: 5 })).toMatchObject({
    rows: [{ id: 'a' }],
    notes: [expect.stringContaining('Only what Redis keeps')],
  });
  expect((await blind.audit({ limit: 5 })).notes).toHaveLength(1);
  expect(await blind.run('a')).toMatchObject({ id: 'a' });
  await expect(blind.run('b')).rejects.toThrow(/archive does not answer/);
  await expect(blind.checkAudit(key)).rejects.toThrow(/archive does not answer/);
});

it('keeps the others out of a refused run’s trouble', async () => {
  for (const id of ['a', 'b', 'c']) await addEndedRun(parts, { id });
  await redis.hset(keys.run('b'), 'acceptedAt', 'not a number');
  expect(await moveRuns(redis, place.archive, ['a', 'b', 'c'])).toBe(2);
  expect(await redis.exists(keys.run('a'), keys.run('b'), keys.run('c'))).toBe(1);
});

it('merges lists in their order, within limit and filters', async () => {
  const ada = { kind: 'terminal', id: 'u1', name: 'Ada' } as const;
  const bob = { kind: 'discord', id: '42', name: 'bob' } as const;
  for (let index = 0; index < 12; index += 1) {
    const failed = index % 4 === 0;
    await addEndedRun(parts, {
      id: `r${index}`,
      caller: index % 2 === 0 ? ada : bob,
      ageMs: (20 - index) * hour,
      ...(failed && { outcome: 'failed', reason: index === 8 ? 'network' : 'deadline' }),
    });
  }
  const lists = async () => {
    const filters = [
      {},
      { user: 'u1' },
      { user: 'discord:bob' },
      { since: Date.now() - 15 * hour },
      { user: 'nobody' },
    ];
    const found = [];
    for (const filter of filters) {
      found.push(await lookup.recent({ limit: 5, ...filter }), await lookup.failed({ limit: 2, ...filter }));
    }
    found.push(await lookup.failed({ limit: 9, reasons: ['deadline'] }));
    return found.map(({ rows, notes }) => ({ ids: rows.map(({ id }) => id), notes }));
  };
  const inRedis = await lists();
  // The ids are not in the order in which the runs came.
  await moveRuns(redis, place.archive, ['r9', 'r0', 'r4', 'r5', 'r7']);
  expect(await lists()).toEqual(inRedis);
  await moveRuns(redis, place.archive, ['r1', 'r2', 'r3', 'r6', 'r8', 'r10', 'r11']);
  expect(await redis.keys('*:run:*')).toEqual([]);
  expect(await lists()).toEqual(inRedis);
});

it('checks the audit log as one, wherever its rows are, and finds what was changed in either', async () => {
  await fill(2_600);
  await sealAudit(redis, key);
  const whole = await lookup.checkAudit(key);
  expect(whole).toMatchObject({ rows: 2_600, problems: [] });
  expect(await moveAudit(redis, place.archive, key, { ms: 20 * hour, max: 700 })).toBe(1_900);
  expect(await redis.xlen(keys.audit)).toBe(700);
  expect(await lookup.checkAudit(key)).toEqual(whole);
  expect(await createLookup({ redis }).checkAudit(key)).toMatchObject({ rows: 700, problems: [] });
  await place.archive.query("UPDATE archive.audit SET data = '{}' WHERE run = 'run-77' AND kind = 'intent'");
  expect((await lookup.checkAudit(key)).problems).toHaveLength(4);
  await place.archive.query("DELETE FROM archive.audit WHERE run = 'run-77'");
  expect((await lookup.checkAudit(key)).problems).toHaveLength(1);
  // The newest archived rows go, so that Redis' first row does not follow from the archive's last.
  await place.archive.query('DELETE FROM archive.audit WHERE ms > (SELECT max(ms) - 5000 FROM archive.audit)');
  expect((await lookup.checkAudit(key)).problems).toHaveLength(2);
});

it('has each audit row once when it is killed between the archive and Redis, and refuses another of the same id', async () => {
  await fill(60);
  const stop = new Error('killed');
  const dying = { ...place.archive, transaction: diesAfter(stop) };
  await expect(moveAudit(redis, dying, key, { ms: hour, max: 100 })).rejects.toThrow(stop);
  expect(await redis.xlen(keys.audit)).toBe(60);
  const { rows } = await lookup.audit({ limit: 99 });
  expect(rows).toHaveLength(60);
  expect(await lookup.checkAudit(key)).toMatchObject({ rows: 60, problems: [] });
  await place.archive.query("UPDATE archive.audit SET hash = 'other' WHERE run = 'run-3'");
  await expect(moveAudit(redis, place.archive, key, { ms: hour, max: 100 })).rejects.toThrow(/other rows/);
  expect(await redis.xlen(keys.audit)).toBe(60);
});

/** An archive that commits, after which its worker is gone. */
function diesAfter(error: Error): TestArchive['archive']['transaction'] {
  return async (work) => {
    await place.archive.transaction(work);
    throw error;
  };
}

it('lists audit rows of both in one order, by every filter', async () => {
  await fill(600);
  const since = Date.now() - 10 * hour + 500_000;
  const lists = async () => {
    const filters = [
      {},
      { user: 'u1' },
      { user: 'Eve' },
      { tool: 'tool2' },
      { run: 'run-30' },
      { kinds: ['decided' as const] },
      { user: 'nobody' },
      { since },
    ];
    const found = [];
    for (const filter of filters) found.push((await lookup.audit({ limit: 120, ...filter })).rows);
    return found;
  };
  const inRedis = await lists();
  await moveAudit(redis, place.archive, key, { ms: 20 * hour, max: 80 });
  expect(await redis.xlen(keys.audit)).toBe(80);
  expect(await lists()).toEqual(inRedis);
});

it('begins the archive where retention had cut, and moves that mark with its own retention', async () => {
  await fill(300);
  await cutAudit(redis, key, { ms: 20 * hour, max: 200 });
  await moveAudit(redis, place.archive, key, { ms: 20 * hour, max: 50 });
  expect(await lookup.checkAudit(key)).toMatchObject({ rows: 200, problems: [] });
  const mark = (first: string, hash: string) => markText(key, 'cut', first, hash);
  const before = Date.now() - 10 * hour + 200_000;
  expect(await forgetArchivedAudit(place.archive, { before, most: 1_000, mark })).toBeGreaterThan(50);
  const { rows, problems } = await lookup.checkAudit(key);
  expect(problems).toEqual([]);
  expect(rows).toBeLessThan(150);
  expect((await lookup.checkAudit('another-key-than-the-right-one')).problems).not.toEqual([]);
});

it('forgets runs that it has kept long enough, and for good those that somebody discards', async () => {
  await addEndedRun(parts, { id: 'old', ageMs: 50 * hour });
  await addEndedRun(parts, { id: 'young', ageMs: hour });
  await addEndedRun(parts, { id: 'secret', ageMs: hour });
  await moveRuns(redis, place.archive, ['old', 'young']);
  expect(await forgetArchivedRuns(place.archive, Date.now() - 40 * hour, 100)).toBe(1);
  expect(await lookup.run('old')).toBeUndefined();
  // When the run is discarded, one copy is there already and another one is under way.
  await copyRuns(redis, place.archive, ['secret']);
  const record = await redis.hgetall(keys.run('secret'));
  expect(await lookup.discard('secret', 'Eve')).toBe('discarded');
  await redis.hset(keys.run('secret'), record);
  await copyRuns(redis, place.archive, ['secret']);
  expect(await place.archive.query('SELECT run FROM archive.runs')).toEqual([{ run: 'young' }]);
  expect(await lookup.discard('young', 'Eve')).toBe('discarded');
  expect(await lookup.run('young')).toBeUndefined();
  const { rows } = await lookup.audit({ kinds: ['discard'], user: 'ada', limit: 5 });
  expect(rows.map(({ run, who }) => [run, who])).toEqual([
    ['young', 'terminal:ada Ada'],
    ['secret', 'terminal:ada Ada'],
  ]);
});

it('cannot be entered by the role with which models read, nor do more than keep history', async () => {
  await addEndedRun(parts, { id: 'a', text: 'My salary is 12345' });
  await moveRuns(redis, place.archive, ['a']);
  await place.server.admin('CREATE DATABASE shop');
  await using tools = testTools(await place.server.readOnlyRole('shop'));
  const databases = await tools.call('postgres_list_databases');
  expect(databases.text).toContain('shop');
  expect(databases.text).not.toContain('dragoman_archive');
  const asked = await tools.query('SELECT question FROM archive.runs', { database: 'dragoman_archive' });
  expect(asked).toMatchObject({ failed: true });
  expect(asked.text).not.toContain('12345');
  const reach = "SELECT has_database_privilege('dragoman_ro', 'dragoman_archive', 'CONNECT') AS enters";
  expect(await place.server.admin(reach)).toEqual([{ enters: false }]);
  const refused = [
    'CREATE TABLE public.mine (id int)',
    'CREATE SCHEMA other',
    'CREATE ROLE other',
    'CREATE DATABASE other',
    "SELECT pg_read_file('/etc/passwd')",
  ];
  for (const sql of refused) await expect(place.archive.query(sql)).rejects.toThrow(/permission denied|must be/);
});

it('makes its tables once, however many begin at once', async () => {
  await place.archive.query(
    'DROP TABLE archive.entries, archive.results, archive.runs, archive.discarded, archive.audit, archive.marks, archive.migrations',
  );
  await using several = new AsyncDisposableStack();
  const archives = [1, 2, 3].map(() => several.use(openArchive(place.url)));
  await Promise.all(archives.map((each) => each.query('SELECT 1')));
  expect(await place.archive.query('SELECT count(*)::int AS runs FROM archive.runs')).toEqual([{ runs: 0 }]);
});

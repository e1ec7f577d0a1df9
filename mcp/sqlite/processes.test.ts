import { chmod, readdir, stat } from 'node:fs/promises';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testDatabases, type TestDatabases } from './testing/tools.ts';

const endless = 'with recursive c(n) as (select 1 union all select n + 1 from c) select count(*) from c';
const endlessInsert = 'with recursive c(n) as (select 1 union all select n + 1 from c) insert into t select n from c';

let files: TestDatabases;
beforeEach(async () => {
  files = await testDatabases({ SQLITE_STATEMENT_TIMEOUT_MS: 60_000 });
  files.owner('create table t (a)');
  files.owner('insert into t values (1)');
});
afterEach(() => files[Symbol.asyncDispose]());

/** Processes that work on this folder's databases: our children that run the engine. */
function engines(): number[] {
  const lines = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return lines.split('\n').flatMap((line) => (line.includes('engine/main.ts') ? [Number.parseInt(line, 10)] : []));
}

/** Resolves when a statement has begun to use a CPU. */
async function busy(): Promise<number> {
  const ticks = (pid: number) =>
    Number(execFileSync('cut', ['-d ', '-f14', `/proc/${pid}/stat`], { encoding: 'utf8' }));
  const before = new Map(engines().map((pid) => [pid, ticks(pid)]));
  let found: number | undefined;
  await expect
    .poll(() => (found = engines().find((pid) => ticks(pid) > (before.get(pid) ?? 0) + 20)), { timeout: 60_000 })
    .toBeDefined();
  return found!;
}

test('a stopped call ends its process, and the next call works', async () => {
  const stop = new AbortController();
  const call = files.call('read_query', { query: endless }, stop.signal);
  const pid = await busy();
  stop.abort();
  expect((await call).text).toContain('was stopped');
  expect(engines()).not.toContain(pid);
  expect((await files.read('select a from t')).data['rows']).toEqual([[1]]);
});

test('a call that is stopped before its turn begins nothing', async () => {
  const answer = await files.call('write_query', { query: 'delete from t' }, AbortSignal.abort());
  expect(answer.failed).toBe(true);
  expect(files.owner('select a from t')).toEqual([{ a: 1 }]);
});

test('a write that is stopped in the middle changes nothing and leaves no journal', async () => {
  const stop = new AbortController();
  const call = files.call('write_query', { query: endlessInsert }, stop.signal);
  await expect
    .poll(async () => (await stat(path.join(files.root, 'shop.db-journal')).catch(() => undefined))?.size ?? 0)
    .toBeGreaterThan(0);
  await busy();
  stop.abort();
  expect((await call).failed).toBe(true);
  await expect.poll(async () => (await readdir(files.root)).join()).toBe('shop.db');
  expect(files.owner('select a from t')).toEqual([{ a: 1 }]);
});

test('what a killed writer has left is taken back by the next reader', async () => {
  const script = `const db = new (require('node:sqlite').DatabaseSync)(process.argv[1]);
    db.exec('PRAGMA cache_size = 1; BEGIN');
    db.exec("INSERT INTO t SELECT hex(randomblob(2000)) FROM (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 500) SELECT n FROM c)");
    console.log('ready'); setInterval(() => undefined, 1000);`;
  const writer = spawn(process.execPath, ['-e', script, path.join(files.root, 'shop.db')], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(writer.stdout, 'data');
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  expect((await readdir(files.root)).toSorted()).toEqual(['shop.db', 'shop.db-journal']);
  expect((await files.read('select count(*) from t')).data['rows']).toEqual([[1]]);
});

test('ten at once are all answered, by as many processes as are allowed', async () => {
  const queries = Array.from({ length: 10 }, (_, n) =>
    n % 2 === 0 ? files.read(`select ${n} from t`) : files.write(`insert into t values (${n})`),
  );
  const answers = await Promise.all(queries);
  expect(answers.filter(({ failed }) => failed)).toEqual([]);
  expect(files.owner('select count(*) as n from t')).toEqual([{ n: 6 }]);
  expect(engines().length).toBeLessThanOrEqual(2);
});

test('endless statements keep nobody from being answered once their time is over', async () => {
  await using hasty = await testDatabases({ SQLITE_STATEMENT_TIMEOUT_MS: 500, SQLITE_PROCESSES: 1 });
  hasty.owner('create table t (a)');
  const [first, second, third] = await Promise.all([hasty.read(endless), hasty.read(endless), hasty.read('select 1')]);
  expect([first.text, second.text]).toEqual([
    expect.stringContaining('stopped after 0.5 s'),
    expect.stringContaining('stopped after 0.5 s'),
  ]);
  expect(third.failed).toBe(false);
});

test('a statement that takes too much memory is ended', async () => {
  const wide = Array.from({ length: 40 }, () => 'b').join(', ');
  const answer = await files.read(
    `with recursive c(n, b) as (select 1, randomblob(15000000) union all select n + 1, randomblob(15000000) from c limit 100) select ${wide} from c`,
  );
  expect(answer.text).toContain('too much memory');
  expect((await files.read('select 1')).failed).toBe(false);
});

test('a process that dies is replaced', async () => {
  await files.read('select 1');
  const [pid = 0] = engines();
  const call = files.read(endless);
  await busy();
  process.kill(pid, 'SIGKILL');
  expect((await call).text).toContain('SQLite broke down');
  expect((await files.read('select 1')).failed).toBe(false);
});

test('a lock of another program is told', async () => {
  await using hasty = await testDatabases({ SQLITE_STATEMENT_TIMEOUT_MS: 1_000 });
  hasty.owner('create table t (a)');
  using other = new DatabaseSync(path.join(hasty.root, 'shop.db'));
  other.exec('BEGIN EXCLUSIVE');
  expect((await hasty.write('insert into t values (1)')).text).toContain('holds a lock on "shop.db"');
  expect((await hasty.read('select 1 from t')).text).toContain('holds a lock');
  other.exec('ROLLBACK');
  expect((await hasty.write('insert into t values (1)')).failed).toBe(false);
});

test('a database in WAL mode is read beside its writer', async () => {
  using writer = new DatabaseSync(path.join(files.root, 'shop.db'));
  writer.exec('PRAGMA journal_mode = WAL; INSERT INTO t VALUES (2); BEGIN; INSERT INTO t VALUES (3)');
  expect((await files.read('select count(*) from t')).data['rows']).toEqual([[2]]);
  writer.exec('COMMIT');
  expect((await files.read('select count(*) from t')).data['rows']).toEqual([[3]]);
});

test.skipIf(process.getuid?.() === 0)('a file that may not be written is told', async () => {
  await chmod(path.join(files.root, 'shop.db'), 0o444);
  expect((await files.write('delete from t')).text).toContain('read-only');
});

test('nothing of our environment reaches the process, and it ends with us', async () => {
  const script = `
    import { testDatabases } from ${JSON.stringify(path.join(import.meta.dirname, 'testing/tools.ts'))};
    const files = await testDatabases({ SQLITE_STATEMENT_TIMEOUT_MS: 600000 });
    files.owner('create table t (a)');
    await files.read('select 1');
    console.log('ready');
    await files.read(${JSON.stringify(endless)});`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, DRAGOMAN_SIGNING_KEY: 'secret-of-ours' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(parent.stdout, 'data');
  const pid = Number(execFileSync('ps', ['-o', 'pid=', '--ppid', String(parent.pid)], { encoding: 'utf8' }));
  expect(execFileSync('cat', [`/proc/${pid}/environ`], { encoding: 'utf8' })).not.toContain('secret-of-ours');
  parent.kill('SIGKILL');
  await expect
    .poll(() => execFileSync('ps', ['-o', 'pid=', '-A'], { encoding: 'utf8' }).split(/\s+/).includes(String(pid)), {
      timeout: 30_000,
    })
    .toBe(false);
});

test('what a write left that was ended at its time is taken back, though that takes longer than a statement may', async () => {
  await using hasty = await testDatabases({ SQLITE_STATEMENT_TIMEOUT_MS: 100 });
  hasty.owner('create table t (a)');
  const { text } = await hasty.call('write_query', { query: endlessInsert });
  expect(text).toContain('was stopped');
  expect(await readdir(hasty.root)).toEqual(['shop.db']);
  expect(hasty.owner('select count(*) as n from t')).toEqual([{ n: 0 }]);
});

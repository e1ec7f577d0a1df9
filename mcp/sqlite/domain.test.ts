import { copyFile, link, mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seedDatabases } from './demo.ts';
import { config, createDomain } from './domain.ts';
import { testDatabases, type TestDatabases } from './testing/tools.ts';

let files: TestDatabases;
beforeAll(async () => {
  files = await testDatabases();
  await seedDatabases(files.root);
});
afterAll(() => files[Symbol.asyncDispose]());

test('ready when the folder is there; otherwise says what to do', async () => {
  await files.domain.check();
  await using missing = createDomain(config.parse({ SQLITE_ROOT: path.join(files.base, 'missing') }));
  await expect(missing.check()).rejects.toThrow('SQLITE_ROOT: ');
  expect(config.safeParse({ SQLITE_ROOT: '/tmp/..' }).success).toBe(false);
});

test('the tools say honestly what they do', () => {
  const hints = Object.fromEntries(files.domain.tools.map(({ name, wire }) => [name, wire.annotations]));
  const readers = ['list_tables', 'describe_table', 'read_query'];
  for (const [name, hint] of Object.entries(hints)) expect(hint?.readOnlyHint).toBe(readers.includes(name));
  expect(hints['write_query']).toMatchObject({ destructiveHint: true, idempotentHint: false });
});

test('the demo: its tables, a table, and a question over several', async () => {
  const list = await files.call('list_tables');
  expect(list.text).toContain('| scores | table | 5 | 162 |');
  expect(list.text).toContain('| ranking | view | 3 | unknown |');
  const table = await files.call('describe_table', { table_name: 'scores' });
  expect(table.text).toContain('| points | REAL | not null |');
  expect(table.data['foreign_keys']).toContain('coffee_id references coffees(id) on delete cascade');
  const best = await files.read('select name, points from ranking limit 1');
  expect(best.data['rows']).toEqual([['Guji Hambela', expect.any(Number)]]);
});

test('a folder that holds anything gets no demo; what an earlier start left half made does not count', async () => {
  const folder = path.join(files.base, 'again');
  await mkdir(folder);
  await writeFile(path.join(folder, '.tastings.db.tmp'), 'half');
  expect(await seedDatabases(folder)).toBe(true);
  expect(await readdir(folder)).toEqual(['tastings.db']);
  expect(await seedDatabases(folder)).toBe(false);
});

test('without a database it is said who can put one there', async () => {
  await using empty = await testDatabases();
  for (const answer of [await empty.call('list_tables'), await empty.read('select 1')])
    expect(answer.text).toContain('the operator puts its file into SQLITE_ROOT');
});

test('of several databases all are listed, and one that is damaged costs itself alone', async () => {
  await using several = await testDatabases();
  several.owner('create table a (x)', 'one.db');
  several.owner('create table b (x)', 'two.db');
  await writeFile(path.join(several.root, 'three.db'), 'no database '.repeat(50));
  const { text, failed } = await several.call('list_tables');
  expect(failed).toBe(false);
  expect(text).toContain('Database "one.db", 1 tables');
  expect(text).toContain('Database "three.db": "three.db" is no SQLite database');
  expect((await several.read('select 1')).text).toContain('"one.db", "three.db", "two.db"');
});

test('long answers say how to get the rest, and that works', async () => {
  const long = "printf('%.*c', 5000, 'a') || 'tail'";
  const cut = await files.read(`select ${long} as t`);
  expect(cut.text).toContain('the next part: substr(column, 4001, 4000)');
  const rest = await files.read(`select substr(${long}, 4001, 4000) as t`);
  expect(rest.data['rows']).toEqual([[`${'a'.repeat(1_000)}tail`]]);
  const rows = await files.read('select * from scores, coffees');
  expect(rows.data).toMatchObject({ row_count: 200, truncated: true });
  expect(rows.text).toContain('[cut: first 200 rows shown');
});

test('how many rows changed is said, also by triggers and foreign keys', async () => {
  await using own = await testDatabases();
  await seedDatabases(own.root);
  expect((await own.write("update coffees set country = 'X' where id < 3")).text).toBe(
    'Changed 2 rows in "tastings.db".',
  );
  expect((await own.write('delete from coffees where id = 1')).data).toMatchObject({ changed: 1, further: 27 });
  expect((await own.write('delete from coffees where id = 99')).text).toContain('no row was changed');
  const returned = await own.write("insert into tasters (name) values ('Zoe') returning id, name");
  expect(returned.text).toBe('Changed 1 row in "tastings.db".\n| id | name |\n| --- | --- |\n| 4 | Zoe |');
});

test('a file that has a second name, perhaps outside of the folder, is no database', async () => {
  await using databases = await testDatabases();
  databases.owner('CREATE TABLE a (b);\nSELECT 1');
  const outside = path.join(databases.base, 'outside.db');
  await copyFile(path.join(databases.root, 'shop.db'), outside);
  await link(outside, path.join(databases.root, 'hard.db'));
  const { failed, text } = await databases.read('SELECT 1', 'hard.db');
  expect([failed, text]).toEqual([true, 'There is no database "hard.db". There is "shop.db".']);
});

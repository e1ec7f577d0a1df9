import { expect, test } from 'vitest';
import { parseBody, parseRead } from './parse.ts';
import { Refusal } from './uses.ts';

test.each([
  ['SELECT 1', 'select'],
  ['SELECT 1;', 'select'],
  ['/* a */ SELECT 1 -- b', 'select'],
  ["SELECT ';DROP TABLE x' AS text", 'select'],
  ['VALUES (1), (2)', 'select'],
  ['TABLE orders', 'select'],
  ['WITH a AS (SELECT 1) SELECT * FROM a UNION ALL SELECT 2', 'select'],
  ['SELECT DISTINCT ON (a) a, rank() OVER w FROM t WINDOW w AS (ORDER BY a)', 'select'],
  ['SHOW search_path', 'show'],
  ['EXPLAIN (FORMAT JSON) SELECT 1', 'explain'],
])('%s is a read', (sql, kind) => {
  expect(parseRead(sql).kind).toBe(kind);
});

test.each([
  ['', 'empty'],
  [' ; ', 'empty'],
  ['SELECT 1; SELECT 2', '2 statements'],
  ['SELECT 1; COMMIT; DROP TABLE t', '3 statements'],
  ['INSERT INTO t VALUES (1)', 'INSERT'],
  ['WITH x AS (INSERT INTO t VALUES (1) RETURNING *) SELECT * FROM x', 'INSERT'],
  ['WITH x AS (MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE RETURNING *) TABLE x', 'MERGE'],
  ['SELECT * FROM t FOR NO KEY UPDATE', 'lock'],
  ['SELECT * FROM (SELECT * FROM t FOR SHARE) q', 'lock'],
  ['SELECT 1 INTO t', 'INTO'],
  ['CREATE TABLE t AS SELECT 1', 'CREATE TABLE AS'],
  ['COPY t TO STDOUT', 'COPY'],
  ['SET work_mem = 1', 'VARIABLE SET'],
  ['BEGIN', 'TRANSACTION'],
  ['DO $$ BEGIN END $$', 'DO'],
  ['CALL p()', 'CALL'],
  ['EXPLAIN ANALYZE DELETE FROM t', 'Only a SELECT'],
  ['EXPLAIN EXECUTE p', 'Only a SELECT'],
  ['PREPARE p AS SELECT 1', 'PREPARE'],
  ['SELECT $1', 'placeholders'],
  ['SELECT 1\0; DROP TABLE t', 'NUL'],
  ["SELECT '\ud800'", 'broken Unicode'],
  [`SELECT ${'1+'.repeat(5_000)}1`, 'operators'],
  [`SELECT '${'x'.repeat(60_001)}'`, 'characters'],
])('%s is refused', (sql, reason) => {
  expect(() => parseRead(sql)).toThrow(Refusal);
  expect(() => parseRead(sql)).toThrow(reason);
});

test('what a read could run is collected wherever it hides', () => {
  const { uses } = parseRead(
    `SELECT a.f1(1), t.f2, (x).f3, y::my_type, 1 OPERATOR(s.+) 2 FROM f4(2) AS t(c), u TABLESAMPLE mine (1)
      WHERE EXISTS (SELECT f5()) ORDER BY f6() USING OPERATOR(s.<)`,
  );
  expect(uses.functions.map(({ name }) => name).toSorted()).toEqual(['f1', 'f2', 'f3', 'f4', 'f5', 'f6']);
  expect(uses.functions.find(({ name }) => name === 'f1')).toMatchObject({ schema: 'a', args: 1, form: 'call' });
  expect(uses.types).toContainEqual({ schema: undefined, name: 'my_type' });
  expect(uses.operators).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ schema: 's', name: '+' }),
      expect.objectContaining({ schema: 's', name: '<' }),
    ]),
  );
  expect(uses.samplers).toEqual([{ schema: undefined, name: 'mine' }]);
});

test('names beyond ASCII count as a server with an encoding of one byte folds them too', () => {
  const names = parseRead('SELECT ÉVIL(1), s.Ébauche(2), "Ö"::Ätype FROM Über').uses;
  expect(names.functions.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['Évil', 'évil', 'Ébauche', 'ébauche']),
  );
  expect(names.types.map(({ name }) => name)).toEqual(expect.arrayContaining(['Ätype', 'ätype']));
  expect(names.relations.map(({ name }) => name)).toEqual(expect.arrayContaining(['Über', 'über']));
  expect(() => parseRead(`SELECT ${'é'.repeat(40)}(1)`)).toThrow('must be shorter');
});

test.each([
  ['SELECT json_scalar(1, 2)', 'write it in double quotes ("json_scalar")'],
  ['SELECT merge_action(1)', '"merge_action"'],
  ['SELECT system_user(1)', '"system_user"'],
])('what only an older grammar reads is refused in words that say so: %s', (sql, words) => {
  expect(() => parseRead(sql)).toThrow(words);
  expect(() => parseRead(sql)).toThrow('PostgreSQL 18, by whose grammar');
});

test('a body may have parameters and several reads, but nothing else', () => {
  expect(parseBody('SELECT f($1); SELECT g($2)').flatMap(({ functions }) => functions.map(({ name }) => name))).toEqual(
    ['f', 'g'],
  );
  expect(() => parseBody('SELECT 1; DELETE FROM t')).toThrow('does more than SELECT');
  expect(() => parseBody('')).toThrow('cannot be read');
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memoryCgroupMissing } from '#test/lib/memory-cgroup.ts';
import { endsOf, others } from './ends.ts';
import { long, startLimitedRunner, why } from './limited.ts';

const atOnce = long ? 64 : 12;
const recursion = (limit: number, b: string) =>
  `with recursive c(n, b) as (select 1, ${b} union all select n + 1, ${b} from c limit ${limit})`;

/** Each takes as much as it can get. */
const greedy = [
  `${recursion(1_000, 'randomblob(15000000)')} select ${Array.from({ length: 30 }, () => 'b').join(', ')} from c`,
  `${recursion(100_000, 'hex(randomblob(5000))')} select b from c order by b`,
  `${recursion(100_000, "printf('%.*c', 10000, 'x')")} select json_group_array(b) from c`,
  `${recursion(1_000_000, 'random()')} select group_concat(b) from c`,
  'select * from large',
];

describe.skipIf(memoryCgroupMissing !== undefined)(`tool-runner-sqlite in its container's memory${why}`, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'dragoman-memory-'));
    using db = new DatabaseSync(path.join(folder, 'large.db'));
    db.exec(`CREATE TABLE large (a, b, c, d);
      ${recursion(40, 'randomblob(2000000)')} INSERT INTO large SELECT b, b, b, b FROM c`);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test(
    'statements that want everything, many at once, end as an answer or a refusal',
    { timeout: 280_000 },
    async () => {
      await using runner = await startLimitedRunner('sqlite', {
        SQLITE_ROOT: folder,
        SQLITE_STATEMENT_TIMEOUT_MS: '5000',
      });
      const client = await runner.client('read_query');
      const call = (query: string) =>
        client.callTool({ name: 'read_query', arguments: { query } }, { timeout: 270_000 });
      const ends = await endsOf(Array.from({ length: atOnce }, (_, n) => call(greedy[n % greedy.length]!)));
      await runner.requireAlive('statements that want everything');
      expect(others(ends, /^\[\{"type":"text"/)).toEqual([]);
      expect(others(ends, /failed inside|broke down/).length).toBeGreaterThan(0);
      expect(ends.filter((text) => /failed inside/.test(text))).toEqual([]);
      expect(JSON.stringify((await call('select count(*) as n from large')).content)).toContain('40');
    },
  );
});

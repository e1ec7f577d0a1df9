import { expect, test } from 'vitest';
import { createParser } from './parser.ts';

/**
 * Statements that keep all limits of length. Their depth overflows the parser's stack, or the parser itself refuses
 * them.
 */
const deep = [
  `SELECT a${' COLLATE x'.repeat(5_900)}`,
  `SELECT a${' IS NULL'.repeat(7_400)}`,
  `SELECT a${' AT LOCAL'.repeat(6_600)}`,
  `SELECT ${'CASE WHEN '.repeat(2_800)}true${' THEN 1 END'.repeat(2_800)}`,
  `SELECT 1 FROM a${' NATURAL JOIN a'.repeat(3_900)}`,
  `SELECT ${'('.repeat(29_000)}1${')'.repeat(29_000)}`,
  `SELECT ${'f('.repeat(19_000)}1${')'.repeat(19_000)}`,
];

test(
  'however many statements are too deep, the next is judged as if they had not been',
  { timeout: 240_000 },
  async () => {
    await using parser = createParser();
    const wrong: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      for (const sql of deep) {
        const said = await parser.read(sql).then(
          ({ kind }) => kind,
          (error: Error) => `${error.name}: ${error.message}`,
        );
        if (!/^(select$|Refusal: The query )/.test(said)) wrong.push(`${sql.slice(0, 30)}: ${said}`);
      }
      expect((await parser.read('SELECT lower(a) FROM t')).uses.functions).toMatchObject([{ name: 'lower' }]);
    }
    expect(wrong).toEqual([]);
  },
);

test('a refusal is told; a statement that takes too long is one', async () => {
  await using parser = createParser();
  await expect(parser.read('DELETE FROM t')).rejects.toMatchObject({ name: 'Refusal', message: /DELETE/ });
  await expect(parser.read(`SELECT ${'/*'.repeat(10_000)}${'*/'.repeat(10_000)}1`)).rejects.toThrow('comments');
  expect(await parser.body('SELECT f($1)')).toMatchObject([{ functions: [{ name: 'f' }] }]);
  await using hasty = createParser(0);
  await expect(hasty.read(`SELECT 1${', 1'.repeat(19_000)}`)).rejects.toThrow('too complex');
});

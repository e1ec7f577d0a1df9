import { expect, test } from 'vitest';
import { drawTable } from './table.ts';

const table = (cell: string, columns = 3, rows = 4) => ({
  header: Array.from({ length: columns }, (_, at) => `head ${at}`),
  rows: Array.from({ length: rows }, () => Array.from({ length: columns }, () => cell)),
  right: Array.from({ length: columns }, () => false),
  foot: 'four rows',
});

const widthOf = (png: Buffer | undefined) => png?.readUInt32BE(16);
const heightOf = (png: Buffer | undefined) => png?.readUInt32BE(20);

test('a table becomes a picture that is no wider than can be read, and has its first rows', () => {
  expect(drawTable(table('one'))?.subarray(1, 4).toString()).toBe('PNG');
  expect(widthOf(drawTable(table('x'.repeat(500), 40)))).toBeLessThanOrEqual(1_600);
  expect(heightOf(drawTable(table('one', 3, 5_000)))).toBe(heightOf(drawTable(table('one', 3, 30))));
});

test('letters with marks are drawn, each in its own way', () => {
  const pictures = ['o', 'ö', 'ó', 'ô', 'õ', 'O', 'Ö', 'ç', 'ß', '€', 'g', 'q', 'y', '9'].map((sign) =>
    drawTable(table(sign)),
  );
  expect(new Set(pictures.map((png) => png?.toString('hex'))).size).toBe(pictures.length);
});

test('there is no picture of signs that cannot be drawn, or of nothing', () => {
  expect(drawTable(table('日本'))).toBeUndefined();
  expect(drawTable(table('👍'))).toBeUndefined();
  expect(drawTable(table('one', 3, 0))).toBeUndefined();
});

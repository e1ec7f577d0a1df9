import { expect, test } from 'vitest';
import { alignGrid, cardsOf, columnWidths, gridWidth, squeezedWidths, type Grid } from './grid.ts';

function grid(lines: string[], align: Grid['align'] = []): Grid {
  const [header = [], ...rows] = lines.map((line) => line.split('|').map((cell) => cell.trim()));
  return { header, rows, align };
}

function rowsOf(lines: string[], align: Grid['align'] = []): string[] {
  return alignGrid(grid(lines, align)).rows;
}

test('columns stand below one another, whatever their characters take', () => {
  expect(alignGrid(grid(['name|city', '日本|x', 'e\u0301|Köln']))).toEqual({
    head: 'name  city',
    rule: '────  ────',
    rows: ['日本  x', 'e\u0301     Köln'],
  });
});

test.each([
  ['5', '1,000.5'],
  ['-3', '+40 %'],
  ['$5', '€ 1.000'],
  ['12 ms', '3 kB'],
  ['NULL', '7'],
  ['', '1 000'],
])('%j and %j are numbers and stand right', (...cells) => {
  const rows = rowsOf(['a|a long name', ...cells.map((cell) => `x|${cell}`)]);
  for (const [at, row] of rows.entries()) expect(row).toBe(`x  ${cells[at]!.padStart(11)}`.trimEnd());
});

test.each([
  ['5', 'five'],
  ['2026-01-02', '2026-01-03'],
  ['10:30', '9:15'],
  ['1 apple', 'x'],
])('%j and %j are no numbers and stand left', (...cells) => {
  const rows = rowsOf(['a|a long name', ...cells.map((cell) => `x|${cell}`)]);
  for (const [at, row] of rows.entries()) expect(row).toBe(`x  ${cells[at]}`);
});

test('what a table says of a column counts', () => {
  expect(rowsOf(['name|name|name', '1|1|1'], ['left', 'center', 'right'])).toEqual(['1      1       1']);
});

test('without headings there is no line of them', () => {
  expect(alignGrid(grid(['|', 'a|b']))).toEqual({ head: '', rule: '', rows: ['a  b'] });
});

test('long words give way, numbers and dates do not', () => {
  const table = grid(['id|day|remark', `123456|2026-01-02|${'word '.repeat(20)}`]);
  const widths = squeezedWidths(table, 40)!;
  expect(gridWidth(widths)).toBe(40);
  const [row] = alignGrid(table, widths).rows;
  expect(row).toMatch(/^123456 {2}2026-01-02 {2}word .*…$/);
  expect(squeezedWidths(table, 20)).toBeUndefined();
  expect(squeezedWidths(table, 1_000)).toEqual(columnWidths(table));
});

test('cards leave out what is blank', () => {
  expect(cardsOf(grid(['id|name|mail', '1||a@b', '2|x|']))).toEqual([
    { title: '1', fields: [{ key: 'mail', value: 'a@b' }] },
    { title: '2', fields: [{ key: 'name', value: 'x' }] },
  ]);
});

import { expect, test } from 'vitest';
import { delimiterOf, readCsv } from './csv.ts';
import { describeTable } from './describe.ts';
import { typed } from './typed.ts';

test.each<[string, string[][]]>([
  [
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a;b\r\n"x;""y""\nz";2',
    [
      ['a', 'b'],
      ['x;"y"\nz', '2'],
    ],
  ],
  [
    'a\tb\n\n1\t\n',
    [
      ['a', 'b'],
      ['1', ''],
    ],
  ],
  [
    '\ufeffsep=|\na|b\n1|2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  ['a,b\n"open', [['a', 'b'], ['open']]],
  ['', []],
])('%j is read', (text, rows) => {
  expect(readCsv(text)).toEqual(rows);
});

test('the sign between cells is the one that divides all lines alike', () => {
  expect(delimiterOf('name;note\nA;one, two\nB;three, four, five')).toBe(';');
  expect(delimiterOf('name,note\nA,"x;y;z"\nB,"1;2;3"')).toBe(',');
});

test('columns get types that lose nothing', () => {
  const { columns, rows } = typed(
    [
      ['id', 'code', 'x', 'x', 'big', 'note'],
      ['1', '007', '1.5', '', '12345678901234567890', '3 pm'],
      ['2', '42', '-2', '', '1', '4'],
    ],
    false,
  );
  expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'id INTEGER',
    'code TEXT',
    'x REAL',
    'x_2 TEXT',
    'big TEXT',
    'note TEXT',
  ]);
  expect(rows[0]).toEqual([1, '007', 1.5, null, '12345678901234567890', '3 pm']);
});

test('rows without a header get names of columns; commas begin fractions where that is told', () => {
  const { columns, rows } = typed(
    [
      ['Köln', '1.234,5'],
      ['Bonn', '2,25'],
    ],
    true,
  );
  expect(columns.map(({ name, type }) => [name, type])).toEqual([
    ['column_1', 'TEXT'],
    ['column_2', 'REAL'],
  ]);
  expect(rows).toEqual([
    ['Köln', 1234.5],
    ['Bonn', 2.25],
  ]);
  expect(
    typed(
      [
        ['1', '2'],
        ['3', '4'],
      ],
      false,
    ).columns.map(({ name }) => name),
  ).toEqual(['column_1', 'column_2']);
});

test('a small table is described whole, a large one by its first rows', () => {
  const table = typed([['a', 'b'], ...Array.from({ length: 80 }, (_, at) => [`n ${at % 2}`, String(at)])], false);
  const { rows, about } = describeTable('t', table, 3);
  expect(rows.split('\n')).toHaveLength(7);
  expect(about).toContain('Table t of 80 rows, 3 further ones of the file are left out.');
  expect(about).toContain('"a" TEXT: 2 different, such as "n 0" ×40, "n 1" ×40');
  expect(about).toContain('"b" INTEGER: 0 to 79, sum 3160, mean 39.5');
  expect(describeTable('t', { ...table, rows: table.rows.slice(0, 50) }, 0).rows.split('\n')).toHaveLength(51);
});

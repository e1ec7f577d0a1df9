import { array, assert, constantFrom, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth } from '#shared/tables/width.ts';
import { layOut } from './layout.ts';

test('further lines stand below the first, and the cursor where the next character goes', () => {
  expect(layOut('you › ', 'one\ntwo', 5, 40)).toEqual({
    rows: ['you › one', '      two'],
    cursor: { row: 1, column: 7 },
  });
  expect(layOut('> ', '', 0, 40)).toEqual({ rows: ['> '], cursor: { row: 0, column: 2 } });
  expect(layOut('> ', 'a\n', 2, 40)).toEqual({ rows: ['> a', '  '], cursor: { row: 1, column: 2 } });
});

test('of a long text the rows around the cursor are shown', () => {
  const text = Array.from({ length: 5_000 }, (_, at) => `line ${at}`).join('\n');
  const { rows, cursor } = layOut('> ', text, text.length, 40);
  expect(rows).toHaveLength(10);
  expect(rows.at(-1)).toBe('  line 4999');
  expect(rows[0]).toBe('  ⋮');
  expect(cursor).toEqual({ row: 9, column: 11 });
});

test('no row is wider than the screen, and the cursor stands in one, for any text', () => {
  const pieces = constantFrom('x', 'word ', '\n', '\t', '日本', '👩‍👩‍👧', 'e\u0301', '\u202E', '\u001B[2J', 'x'.repeat(50));
  assert(
    property(array(pieces), integer({ min: 20, max: 100 }), integer({ min: 0, max: 200 }), (parts, columns, wanted) => {
      const text = parts.join('');
      const { rows, cursor } = layOut('you › ', text, Math.min(wanted, text.length), columns);
      for (const row of rows) expect(displayWidth(row)).toBeLessThan(columns);
      for (const character of ['\u001B', '\u202E']) expect(rows.join('')).not.toContain(character);
      expect(cursor.row).toBeLessThan(rows.length);
      expect(cursor.column).toBeLessThan(columns);
    }),
  );
});

import { expect, test } from 'vitest';
import { csv } from './csv.ts';

test('quotes what needs it, ends lines with CRLF (RFC 4180)', () => {
  expect(csv([['a', 'b, c', 'say "x"', 'two\nlines', ' space']])).toBe(
    'a,"b, c","say ""x""","two\nlines"," space"\r\n',
  );
});

test('numbers and dates stay as they are', () => {
  const row = ['-5', '+49 30 1234-5', '1.000,50', '2026-01-02', '-12 %', '007', '1e5', '-'];
  expect(csv([row])).toBe(`${row.map((cell) => (cell.includes(',') ? `"${cell}"` : cell)).join(',')}\r\n`);
});

test.each(['=1+1', '@SUM(A1)', '+cmd|x', '-1+A1', '=HYPERLINK("x")', '\uff1d1', '\t=1'])('%j is no formula', (cell) => {
  expect(csv([[cell]]).replace(/^\ufeff/, '')).toMatch(/^"?'/);
});

test('a mark for UTF-8 stands in front where it is needed', () => {
  expect(csv([['a']])).toBe('a\r\n');
  expect(csv([['ä']])).toBe('\ufeffä\r\n');
});

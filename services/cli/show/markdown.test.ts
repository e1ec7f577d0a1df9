import { array, assert, constantFrom, property } from 'fast-check';
import { expect, test } from 'vitest';
import { renderMarkdown, settledLength } from './markdown.ts';

const plain = (text: string) => renderMarkdown(text, { colour: false });

test('headings, emphasis and code lose their marks', () => {
  expect(plain('# Title\n\nsome **bold**, *soft*, ~~gone~~ `code` & <b>')).toBe(
    'Title\n\nsome bold, soft, gone code & <b>',
  );
});

test('lists are indented below their markers', () => {
  expect(plain('1. one\n2. two\n   - deep\n\n- [x] done\n- [ ] open')).toBe(
    '1. one\n2. two\n   • deep\n\n• [x] done\n• [ ] open',
  );
});

test('tables are aligned by what characters take on the screen', () => {
  expect(plain('| name | n |\n| --- | ---: |\n| 日本 | 1 |\n| x | 22 |')).toBe(
    'name   n\n────  ──\n日本   1\nx     22',
  );
});

test('code keeps its lines, quotes get a bar', () => {
  expect(plain('```sql\nselect 1;\n\nselect 2;\n```\n\n> so\n> it is')).toBe(
    '    select 1;\n    \n    select 2;\n\n│ so\n│ it is',
  );
  expect(plain('```\n```\nAn empty block is nothing.')).toBe('An empty block is nothing.');
});

test('a link always shows where it leads', () => {
  expect(plain('[bank](https://evil.example) https://ok.example')).toBe(
    'bank (https://evil.example) https://ok.example',
  );
});

test('control characters cannot repaint the terminal', () => {
  expect(plain('a\u001B[2J\u009B1mb `\u001B]0;x\u0007`')).toBe('a[2J1mb ]0;x');
  expect(renderMarkdown('**b**\u001B[2J', { colour: true })).not.toContain('\u001B[2J');
});

test('small print is dim', () => {
  expect(renderMarkdown('-# small', { colour: true })).toBe('\u001B[2msmall\u001B[22m');
  const lines = renderMarkdown('a\n-# small print of two lines', { colour: true, columns: 20 }).split('\n');
  expect(lines).toEqual(['a', '\u001B[2msmall print of two\u001B[22m', '\u001B[2mlines\u001B[22m']);
});

test('what is settled does not change, whatever comes after', () => {
  const piece = constantFrom(
    '# h\n',
    'text ',
    '\n',
    '\n\n',
    '- item\n',
    '```\n',
    '> q\n',
    '| a | b |\n',
    '|---|---|\n',
    '1. x\n',
  );
  assert(
    property(array(piece, { maxLength: 12 }), array(piece, { maxLength: 6 }), (before, after) => {
      const now = before.join('');
      const settled = now.slice(0, settledLength(now));
      const rest = now.slice(settled.length) + after.join('');
      const whole = settled + rest;
      const parts = [plain(settled), plain(rest)].filter(Boolean).join('\n\n');
      expect(parts.replace(/\s+/g, ' ')).toBe(plain(whole).replace(/\s+/g, ' '));
    }),
    { numRuns: 300 },
  );
});

test('a table that is wider than the terminal is turned, without its blank cells', () => {
  const table =
    '| id | name | note |\n| --- | --- | --- |\n| 1 | **Ada** | |\n| 2 | Grace | a long remark<br>and more |';
  expect(renderMarkdown(table, { colour: false, columns: 80 })).toBe(
    'id  name   note\n──  ─────  ───────────────────────\n 1  Ada\n 2  Grace  a long remark; and more',
  );
  expect(renderMarkdown(table, { colour: false, columns: 30 })).toBe(
    '1\nname: Ada\n\n2\nname: Grace\nnote: a long remark; and more',
  );
  expect(renderMarkdown(`> ${table.replaceAll('\n', '\n> ')}`, { colour: false, columns: 35 })).toContain(
    '│ name: Ada',
  );
});

test('an e-mail address is itself, not a link to itself', () => {
  expect(plain('| mail |\n| --- |\n| ada@example.com |\n\n[ada@example.com](mailto:ada@example.com)')).toBe(
    'mail\n───────────────\nada@example.com\n\nada@example.com',
  );
});

import { expect, test } from 'vitest';
import { readableArguments } from './arguments-text.ts';

const edit = { old_text: 'a\nb', new_text: 'c\n' };

test('edits are shown as a diff, with all that belongs to them', () => {
  const args = { path: 'x.md', edits: [edit, { old_text: 'd', new_text: '' }], dry_run: true };
  expect(readableArguments(JSON.stringify(args))).toEqual({
    form: 'diff',
    text: 'path: "x.md"\ndry_run: true\n@@ edit 1 of 2 @@\n-a\n-b\n+c\n+\n@@ edit 2 of 2 @@\n-d\n+',
  });
});

test.each<[string, unknown]>([
  ['no edits', { path: 'x' }],
  ['edits that say more', { edits: [{ ...edit, force: true }] }],
  ['edits that are none', { edits: ['a'] }],
  ['a list', [edit]],
])('%s are shown as JSON', (_, args) => {
  expect(readableArguments(JSON.stringify(args))).toEqual({ form: 'json', text: JSON.stringify(args, undefined, 2) });
});

test('a text of several lines stands as it will be written, with its end', () => {
  const shown = (content: string) => readableArguments(JSON.stringify({ path: 'x.md', content, times: [1] }));
  expect(shown('# a\n\n- b\n')).toEqual({
    form: 'yaml',
    text: 'path: "x.md"\ncontent: |\n  # a\n\n  - b\ntimes: [1]',
  });
  expect(shown('a\nb').text).toContain('content: |-\n  a\n  b\n');
  expect(shown('a\n\n\n').text).toContain('content: |+\n  a\n\n\n');
  // A line of it cannot be taken for another argument.
  expect(shown('a\npath: "y"\n').text).toContain('\n  path: "y"\n');
});

test.each(['one line', ' indented\nb', 'a\r\nb', 'a\u2028\nb', '\n\na'])('%j keeps its place in JSON', (content) => {
  expect(readableArguments(JSON.stringify({ content })).form).toBe('json');
});

test('what is no JSON is shown as it stands', () => {
  expect(readableArguments('{"a"')).toEqual({ form: 'json', text: '{"a"' });
});

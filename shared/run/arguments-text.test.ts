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

test('what is no JSON is shown as it stands', () => {
  expect(readableArguments('{"a"')).toEqual({ form: 'json', text: '{"a"' });
});

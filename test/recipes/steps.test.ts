import { expect, test } from 'vitest';
import { applyDiff, stepsOf } from './steps.ts';

test('the steps of a page: new files, changes, commands', () => {
  const page = [
    'A file, `mcp/a/b.ts`:',
    '',
    '   ```ts',
    '   export function b() {',
    '     return 1;',
    '   }',
    '   ```',
    '',
    '2. See `x` in `mcp/a/c.ts`:',
    '```diff',
    ' one',
    '+two',
    '```',
    '```sh',
    'npm test -- b',
    '```',
    '```json',
    '{}',
    '```',
  ].join('\n');
  expect(stepsOf(page)).toEqual([
    { kind: 'create', file: 'mcp/a/b.ts', text: 'export function b() {\n  return 1;\n}\n' },
    { kind: 'edit', file: 'mcp/a/c.ts', lines: [' one', '+two'] },
    { kind: 'run', command: 'npm test -- b' },
  ]);
});

test('a change takes the indentation of its place, and keeps the rest', () => {
  expect(applyDiff('a\n    b,\n  c\n', [' b,', '+{', '+  d', '+}'])).toBe('a\n    b,\n    {\n      d\n    }\n  c\n');
  expect(applyDiff('a\n  b\nc\n', [' a', '-b', '+x'])).toBe('a\nx\nc\n');
  expect(applyDiff('a\nb\n', ['+x', ' b'])).toBe('a\nx\nb\n');
});

test('a change whose place is not there, or is there twice, is refused', () => {
  expect(() => applyDiff('a\n', [' b', '+x'])).toThrow('not there: b');
  expect(() => applyDiff('a\nb\na\n', [' a', '+x'])).toThrow('more than once: a');
});

import { describe, expect, test } from 'vitest';
import { checkArguments } from './check-arguments.ts';
import type { OfferedTool } from './toolbox.ts';

function tool(inputSchema: Record<string, unknown>): OfferedTool {
  return {
    name: 'read_file',
    domain: 'demo',
    title: '',
    description: '',
    inputSchema,
    readOnly: true,
    repeatable: true,
    openWorld: true,
    remembered: true,
    permission: 'allow',
  };
}

const readFile = tool({
  type: 'object',
  properties: {
    path: { type: 'string' },
    head: { type: 'integer', minimum: 1 },
    exact: { type: 'boolean' },
    mode: { enum: ['text', 'binary'] },
    lines: { type: 'array', items: { type: 'number' } },
    filter: { type: 'object', properties: { since: { type: 'string' } } },
  },
  required: ['path'],
  additionalProperties: false,
});

describe('takes', () => {
  test.each<[string, string, unknown]>([
    ['what fits', '{"path":"a","head":5}', { path: 'a', head: 5 }],
    ['numbers and switches as text', '{"path":"a","head":"5","exact":"True"}', { path: 'a', head: 5, exact: true }],
    ['a number where text is expected', '{"path":7}', { path: '7' }],
    ['null for what may be left out', '{"path":"a","head":null}', { path: 'a' }],
    [
      'lists and objects as JSON text',
      '{"path":"a","lines":"[1,2]","filter":"{\\"since\\":\\"x\\"}"}',
      {
        path: 'a',
        lines: [1, 2],
        filter: { since: 'x' },
      },
    ],
    ['the whole object as JSON text', '"{\\"path\\":\\"a\\"}"', { path: 'a' }],
    ['values deep within', '{"path":"a","lines":["1.5",2]}', { path: 'a', lines: [1.5, 2] }],
  ])('%s', (_, text, value) => {
    expect(checkArguments(readFile, text)).toEqual({ ok: true, value });
  });

  test('nothing at all for a tool without arguments', () => {
    expect(checkArguments(tool({ type: 'object' }), ' ')).toEqual({ ok: true, value: {} });
  });
});

describe('refuses, and says what to mend', () => {
  test.each<[string, string, RegExp]>([
    ['text that is no JSON', '{"path": "a', /not valid JSON.*one JSON object.*path: string/s],
    ['a list', '["a"]', /one JSON object, not an array/],
    ['a missing argument', '{}', /path is missing/],
    ['null for what is required', '{"path":null}', /path is missing/],
    ['a wrong type', '{"path":"a","head":"many"}', /head must be integer, not "many"/],
    ['a number that would lose something', '{"path":"a","head":"5.5"}', /head must be integer, not "5.5"/],
    ['a value out of bounds', '{"path":"a","head":0}', /head must be >= 1, but is 0/],
    ['an unknown argument', '{"path":"a","file":"b"}', /no argument "file" \(there are: path, head/],
    ['a word that is not in the list', '{"path":"a","mode":"hex"}', /mode must be one of "text", "binary", not "hex"/],
    ['a wrong value deep within', '{"path":"a","lines":[1,"x"]}', /lines\.1 must be number, not "x"/],
  ])('%s', (_, text, problem) => {
    const checked = checkArguments(readFile, text);
    expect(checked.ok ? '' : checked.problem).toMatch(problem);
  });
});

test('defaults are not filled in', () => {
  const schema = { type: 'object', properties: { recursive: { type: 'boolean', default: true } } };
  expect(checkArguments(tool(schema), '{}')).toEqual({ ok: true, value: {} });
});

test('a pattern that takes for ever does not', () => {
  const schema = { type: 'object', properties: { id: { type: 'string', pattern: '^(a+)+$' } } };
  expect(checkArguments(tool(schema), '{"id":"b"}').ok).toBe(false);
  expect(checkArguments(tool(schema), '{"id":"aaa"}').ok).toBe(true);
  // Without a limit this one match would take longer than the universe is old.
  expect(checkArguments(tool(schema), JSON.stringify({ id: `${'a'.repeat(100)}!` })).ok).toBe(true);
});

test('names that every object has are names like others', () => {
  const schema = { type: 'object', properties: { constructor: { type: 'string' } }, additionalProperties: false };
  expect(checkArguments(tool(schema), '{"constructor":"x"}')).toMatchObject({ ok: true });
  expect(checkArguments(tool(schema), '{"__proto__":{"polluted":true}}').ok).toBe(false);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('a schema that leads back to its root is followed', () => {
  const tree = tool({ type: 'object', properties: { name: { type: 'string' }, child: { $ref: '#' } } });
  expect(checkArguments(tree, '{"child":{"child":{"name":"leaf"}}}')).toMatchObject({ ok: true });
  expect(checkArguments(tree, '{"child":{"child":{"name":{}}}}')).toMatchObject({ ok: false });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { configureLogging } from '#shared/process/log.ts';
import type { ServerEntry } from '#shared/servers/entry.ts';
import { readTools } from './read-tools.ts';

beforeAll(() => configureLogging('test', 'silent'));

const foreign: ServerEntry = { command: 'x', args: [], env: {}, disabled: false, trustAnnotations: false };
const own: ServerEntry = { ...foreign, domain: 'files' };

const wire = (extra: Record<string, unknown>): Record<string, unknown> => ({
  name: 'x',
  inputSchema: { type: 'object' },
  ...extra,
});
const property = (schema: unknown, rest: object = {}): Record<string, unknown> =>
  wire({ inputSchema: { type: 'object', properties: { p: schema }, ...rest } });

function nested(depth: number): object {
  let schema: object = { type: 'string' };
  for (let level = 0; level < depth; level += 1) schema = { type: 'object', properties: { p: schema } };
  return schema;
}

/** Each part references the next one twice. */
function doubling(parts: number): Record<string, object> {
  const names = Array.from({ length: parts }, (_, index) => `d${index}`);
  return Object.fromEntries(
    names.map((name, index) => [
      name,
      index + 1 < parts ? { allOf: [{ $ref: `#/$defs/d${index + 1}` }, { $ref: `#/$defs/d${index + 1}` }] } : {},
    ]),
  );
}

describe('leaves out', () => {
  test.each<[string, unknown]>([
    ['an empty name', wire({ name: '' })],
    ['a name with a space', wire({ name: 'a b' })],
    ['a name with a line break', wire({ name: 'a\nb' })],
    ['a name with a letter beyond ASCII', wire({ name: 'näme' })],
    ['a path', wire({ name: '../x' })],
    ['a name that is too long', wire({ name: 'x'.repeat(129) })],
    ['a name that is no text', wire({ name: null })],
    ['no schema', { name: 'x' }],
    ['null as a schema', wire({ inputSchema: null })],
    ['a schema of something else', wire({ inputSchema: { type: 'string' } })],
    ['a schema that is none', property({ type: 'nonsense' })],
    ['a reference to another machine', property({ $ref: 'http://169.254.169.254/schema' })],
    ['a reference to a file', property({ $ref: 'file:///etc/passwd' })],
    ['a schema that is too deep', property(nested(10_000))],
    ['a schema that is too large', property({ enum: Array.from({ length: 1_000 }, (_, i) => `${i}`.repeat(200)) })],
    ['a schema that references blow up', property({ $ref: '#/$defs/d0' }, { $defs: doubling(30) })],
    ['what is no tool', 'tool'],
    ['null', null],
  ])('%s', (_, item) => {
    expect(readTools('files', foreign, [item, wire({ name: 'good' })]).map((tool) => tool.name)).toEqual([
      'files__good',
    ]);
  });
});

test('names stand in the catalogue with their server, unless the server is one of ours', () => {
  const names = ['read', 'files__list', 'constructor', 'READ'].map((name) => wire({ name }));
  expect(readTools('files', foreign, names).map((tool) => [tool.name, tool.wireName])).toEqual([
    ['files__read', 'read'],
    ['files__list', 'files__list'],
    ['files__constructor', 'constructor'],
    ['files__READ', 'READ'],
  ]);
  expect(readTools('files', own, names.slice(0, 1)).map((tool) => tool.name)).toEqual(['read']);
});

test('a name that comes twice counts once', () => {
  expect(readTools('files', own, [wire({}), wire({ title: 'other' })]).map((tool) => tool.title)).toEqual(['x']);
});

test('what a server says of a tool is bounded and cleaned of what cannot be seen', () => {
  const [long, hidden] = readTools('files', foreign, [
    wire({ name: 'a', description: 'x'.repeat(100_000), title: 'y'.repeat(1_000) }),
    wire({ name: 'b', description: 'vis\u{E0041}i\u200Bble\u0000\nline\uD800' }),
  ]);
  expect(long?.description).toHaveLength(1_000);
  expect(long?.title).toHaveLength(100);
  expect(hidden?.description).toBe('visible\nline\uFFFD');
});

test('hints that are missing are read as the worst', () => {
  const tools = readTools('files', own, [
    wire({ name: 'a' }),
    wire({ name: 'b', annotations: { readOnlyHint: true, openWorldHint: false } }),
    wire({ name: 'c', annotations: { idempotentHint: true, readOnlyHint: 'yes' } }),
  ]);
  expect(tools.map(({ readOnly, repeatable, openWorld }) => ({ readOnly, repeatable, openWorld }))).toEqual([
    { readOnly: false, repeatable: false, openWorld: true },
    { readOnly: true, repeatable: true, openWorld: false },
    { readOnly: false, repeatable: true, openWorld: true },
  ]);
});

import { describe, expect, it } from 'vitest';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { NotUnderstood, described, testCases, understood } from '#test/lib/corpus-cases.ts';
import { adoptSchema } from './adopt-schema.ts';
import { adoptTools } from './adopt-tools.ts';

interface ToolCase extends CorpusCase {
  behaviour: Record<string, unknown>;
  expect: { handling?: string };
}

const object = { type: 'object' };

/** The schemas that the corpus describes in words. */
const schemas: Record<string, () => unknown> = {
  'mutual $ref loop': () => ({
    ...object,
    $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } },
    $ref: '#/$defs/a',
  }),
  '$ref to http://169.254.169.254/schema': () => ({
    ...object,
    properties: { x: { $ref: 'http://169.254.169.254/schema' } },
  }),
  '$ref to file:///etc/passwd': () => ({ ...object, properties: { x: { $ref: 'file:///etc/passwd' } } }),
  'allOf of 2^20 by nesting': doubling,
  'depth 10000': () => nested(10_000),
  '5 MB': () => ({ ...object, properties: { x: { const: 'x'.repeat(5_000_000) } } }),
  'pattern (a+)+$ and a long input': () => ({
    ...object,
    properties: { pattern: { type: 'string', pattern: '(a+)+$' } },
  }),
  'property named __proto__': () =>
    JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}') as unknown,
  'default values that change the call': () => ({ ...object, properties: { all: { type: 'boolean', default: true } } }),
  '1000 enum values of 1 kB': () => ({
    ...object,
    properties: { x: { enum: Array.from({ length: 1_000 }, (_, i) => `${i}`.padEnd(1_000)) } },
  }),
};

function doubling(): unknown {
  const $defs: Record<string, unknown> = { d0: { type: 'string' } };
  for (let n = 1; n <= 20; n += 1)
    $defs[`d${n}`] = { allOf: [{ $ref: `#/$defs/d${n - 1}` }, { $ref: `#/$defs/d${n - 1}` }] };
  return { ...object, $defs, properties: { x: { $ref: '#/$defs/d20' } } };
}

function nested(depth: number): unknown {
  let schema: Record<string, unknown> = { type: 'object' };
  for (let level = 0; level < depth; level += 1) schema = { type: 'object', properties: { x: schema } };
  return schema;
}

const kept = { name: 'kept', inputSchema: object };

/** The tool that a case describes. */
function describedTool({ behaviour }: ToolCase): unknown {
  if ('tool' in behaviour) return behaviour['tool'];
  if ('schema' in behaviour)
    return { name: 'x', inputSchema: understood(schemas, String(behaviour['schema']), 'behaviour.schema')() };
  if ('description' in behaviour) return { name: 'x', description: behaviour['description'], inputSchema: object };
  if ('annotations' in behaviour) return { name: 'x', annotations: behaviour['annotations'], inputSchema: object };
  throw new NotUnderstood(`which tool is meant by ${JSON.stringify(behaviour)}`);
}

/** How many tools of a case may be left, for each handling that the corpus names. */
const handlings: Record<string, readonly number[]> = {
  drop: [0],
  'drop by size, under 100 ms': [0],
  'drop or keep lazily': [0, 1],
  'drop or rename': [0, 1],
  'cut or drop': [0, 1],
  'keep, no pollution': [1],
  'no pollution': [1],
  'no collision': [1],
  'kept apart': [1],
  'no ReDoS: time-bound or RE2': [1],
  'defaults are not applied silently': [1],
  'annotations of an untrusted server are not used to skip approval': [1],
  // Definitions are not pinned; this checks that they are capped and not trusted.
  'pinned by hash at approval; capped; shown to the admin; never trusted': [1],
};

/** Cases about whole lists, and about what changes from one list to the next. */
function otherwise({ behaviour }: ToolCase): string | undefined {
  if ('pages' in behaviour || 'tools' in behaviour) return 'it is about a whole list: see list-tools.test.ts';
  if ('rugPull' in behaviour || 'added' in behaviour) return 'definitions are not pinned: a changed one is used';
  return undefined;
}

describe('definitions of the corpus mcp', () => {
  testCases<ToolCase>({
    name: 'mcp, definitions of tools',
    cases: loadCorpus<ToolCase>('mcp.json').cases.filter(({ category }) => category === 'tools'),
    vocabulary: {
      ...described,
      behaviour: {
        tool: 'any',
        schema: 'any',
        description: 'any',
        annotations: 'any',
        really: 'any',
        pages: ['endless cursor'],
        tools: 'any',
        rugPull: ['schema gains a field "context"', 'only for the 5th list call', 'server name/version changes'],
        added: ['new tool appears'],
      },
      expect: {
        clientAlive: [true],
        otherServersUsable: [true],
        unhandledRejections: [0],
        handling: 'any',
        // Nothing here makes requests, reads files or calls tools.
        outboundRequests: [0],
        fileReads: [0],
        injectedCalls: [0],
      },
    },
    meaningless: otherwise,
    run(entry) {
      const left = understood(handlings, entry.expect.handling ?? '', 'expect.handling');
      const adopted = adoptTools('hostile', [describedTool(entry), kept], false);
      const own = adopted.filter((tool) => tool.name !== 'kept');
      expect(left).toContain(own.length);
      expect(adopted.at(-1)?.name).toBe('kept');
      for (const tool of own) {
        expect(tool.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: true });
        expect((tool.description ?? '').length).toBeLessThan(4_100);
        expect(tool.description ?? '').not.toMatch(/[\p{Cf}]/u);
      }
      expect(Object.hasOwn(Object.prototype, 'type')).toBe(false);
      return [];
    },
  });
});

describe('schemas of others', () => {
  it('lose regular expressions, but not properties of that name', () => {
    const properties = { pattern: { type: 'string', pattern: '(a+)+$' }, other: { type: 'string' } };
    expect(adoptSchema({ type: 'object', properties })).toEqual({
      type: 'object',
      properties: { pattern: { type: 'string' }, other: { type: 'string' } },
    });
  });

  it('may recurse, as trees do', () => {
    const node = { type: 'object', properties: { children: { type: 'array', items: { $ref: '#/$defs/node' } } } };
    const schema = { type: 'object', $defs: { node }, properties: { root: { $ref: '#/$defs/node' } } };
    expect(adoptSchema(schema)).toEqual(schema);
  });

  it('keep data that looks like keywords', () => {
    const schema = {
      type: 'object',
      properties: { mode: { enum: ['pattern', { pattern: 'x' }], default: { pattern: 'x' } } },
    };
    expect(adoptSchema(schema)).toEqual(schema);
  });

  it('with a property __proto__ keep it as a property', () => {
    const adopted = adoptSchema(JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}'));
    expect(Object.keys(adopted['properties'] as object)).toEqual(['__proto__']);
  });
});

it('two tools of one name: the first is kept; of names that differ in case, both', () => {
  const tools = [
    { name: 'a', description: '1', inputSchema: object },
    { name: 'a', inputSchema: object },
    { name: 'A', inputSchema: object },
  ];
  expect(adoptTools('s', tools, true).map((tool) => [tool.name, tool.description])).toEqual([
    ['a', '1'],
    ['A', undefined],
  ]);
});

it('a tool that can be called as a task alone is left out, one that may be stays', () => {
  const tool = (name: string, taskSupport: string) => ({ name, inputSchema: object, execution: { taskSupport } });
  const adopted = adoptTools('odd', [tool('a', 'required'), tool('b', 'optional'), tool('c', 'forbidden')], false);
  expect(adopted.map(({ name }) => name)).toEqual(['b', 'c']);
});

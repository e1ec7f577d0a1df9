import { describe, expect, it } from 'vitest';
import { loadCorpus, type CorpusCase } from '#test/lib/corpora.ts';
import { adoptSchema } from './adopt-schema.ts';
import { adoptTools } from './adopt-tools.ts';

interface ToolCase extends CorpusCase {
  behaviour: Record<string, unknown>;
  expect: { handling?: string };
  why: string;
}

const object = { type: 'object' };

/** What the corpus describes in words, as the schemas that it means. */
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

const { cases } = loadCorpus<ToolCase>('mcp.json');
const kept = { name: 'kept', inputSchema: object };

function namedSchema(name: string): unknown {
  const make = schemas[name];
  if (!make) throw new Error(`the corpus has a schema that this test does not know: ${name}`);
  return make();
}

/** The tool that a case describes; undefined for cases about something else than one definition. */
function describedTool({ behaviour }: ToolCase): unknown {
  if ('tool' in behaviour) return behaviour['tool'];
  if ('schema' in behaviour) return { name: 'x', inputSchema: namedSchema(String(behaviour['schema'])) };
  if ('description' in behaviour) return { name: 'x', description: behaviour['description'], inputSchema: object };
  if ('annotations' in behaviour) return { name: 'x', annotations: behaviour['annotations'], inputSchema: object };
  return undefined;
}

describe('definitions of the corpus mcp', () => {
  const described = cases.filter((each) => each.category === 'tools' && describedTool(each) !== undefined);

  it.each(described.map((each) => [each.id, each.why, each] as const))('%s: %s', (_, __, each) => {
    const adopted = adoptTools('hostile', [describedTool(each), kept], false);
    const handling = each.expect.handling ?? '';
    const own = adopted.filter((tool) => tool.name !== 'kept');
    if (/^drop( by size.*)?$/.test(handling)) expect(own).toEqual([]);
    else if (!/drop/.test(handling)) expect(own).toHaveLength(1);
    expect(adopted.at(-1)?.name).toBe('kept');
    for (const tool of own) {
      expect(tool.annotations).toMatchObject({ readOnlyHint: false, destructiveHint: true });
      expect((tool.description ?? '').length).toBeLessThan(4_100);
      expect(tool.description ?? '').not.toMatch(/[\p{Cf}]/u);
    }
    expect(Object.hasOwn(Object.prototype, 'type')).toBe(false);
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

import { array, assert, constantFrom, dictionary, letrec, oneof, pre, property as forAll } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkArguments } from '#services/worker/tools/check-arguments.ts';
import { compileSchema } from '#services/worker/tools/schema-check.ts';
import { portableSchema } from '#services/worker/tools/portable-schema.ts';
import { requireBounded } from '#shared/servers/schema-guard.ts';
import { adoptSchema } from '#services/tool-runner/backends/adopt-schema.ts';

type Schema = Record<string, unknown>;

const property = (x: unknown): Schema => ({ type: 'object', properties: { x } });

/** What is made of a property's schema. */
function evened(x: unknown): unknown {
  return (adoptSchema(property(x))['properties'] as Schema)['x'];
}

describe('a schema that is not quite JSON Schema', () => {
  it.each<[string, Schema, Schema]>([
    ['nothing', {}, { type: 'object' }],
    ['no type', { properties: { x: { type: 'string' } } }, property({ type: 'string' })],
    ['another type', { type: 'string' }, { type: 'object' }],
    ['a list of types', { type: ['object', 'null'] }, { type: 'object' }],
    ['properties null', { type: 'object', properties: null }, { type: 'object' }],
    ['required null', { type: 'object', required: null }, { type: 'object' }],
    ['required of odd items', { type: 'object', required: ['x', 5, 'x'] }, { type: 'object', required: ['x'] }],
    [
      'a list of properties',
      { properties: [{ name: 'x', type: 'str', required: true }] },
      { type: 'object', properties: { x: { name: 'x', type: 'string' } } },
    ],
  ])('with %s at its root', (_, schema, expected) => {
    expect(adoptSchema(schema)).toEqual(expected);
  });

  it('takes over what its root refers to', () => {
    const In = { type: 'object', properties: { x: { type: 'string' } }, required: ['x'] };
    expect(adoptSchema({ $ref: '#/$defs/In', $defs: { In } })).toEqual({ ...In, $defs: { In } });
  });

  it('keeps alternatives at its root', () => {
    const anyOf = [{ type: 'object', properties: { k: { const: 'a' } } }];
    expect(adoptSchema({ anyOf })).toEqual({ type: 'object', anyOf });
  });

  it.each<[unknown, unknown]>([
    [{ type: 'any' }, {}],
    [{ type: 'String' }, { type: 'string' }],
    [{ type: ['int', 'none'] }, { type: ['integer', 'null'] }],
    [{ type: 'unheard-of' }, {}],
    [{ type: { type: 'string' } }, {}],
    [null, {}],
    ['string', { type: 'string' }],
    [true, true],
    [
      { type: 'number', minimum: 0, exclusiveMinimum: true },
      { type: 'number', exclusiveMinimum: 0 },
    ],
    [
      { type: 'number', maximum: '5', exclusiveMaximum: false },
      { type: 'number', maximum: 5 },
    ],
    [{ type: 'string', minLength: -1, maxLength: null, format: 5 }, { type: 'string' }],
    [{ type: 'string', enum: null }, { type: 'string' }],
    [{ type: 'string', enum: [] }, { type: 'string' }],
    [
      { type: 'string', enum: ['a', 'a', 'b'], nullable: true },
      { type: ['string', 'null'], enum: ['a', 'b', null] },
    ],
    [
      { type: 'array', items: [{ type: 'string' }] },
      { type: 'array', prefixItems: [{ type: 'string' }] },
    ],
    [{ type: 'array', items: [] }, { type: 'array' }],
    [{ type: 'array', items: null }, { type: 'array' }],
    [{ type: 'object', additionalProperties: null }, { type: 'object' }],
    [{ anyOf: [] }, {}],
    [{ anyOf: { type: 'string' } }, { anyOf: [{ type: 'string' }] }],
    [{ $ref: '#/$defs/nowhere' }, {}],
    [{ $ref: 5 }, {}],
    [{ id: 'x', $id: 'http://x/', type: 'string', $comment: 'x' }, { type: 'string' }],
    [{ title: 5, description: null, type: 'string' }, { type: 'string' }],
    [
      { type: 'string', format: 'unheard-of' },
      { type: 'string', format: 'unheard-of' },
    ],
  ])('reads the property %j as %j', (given, expected) => {
    expect(evened(given)).toEqual(expected);
    expect(() => compileSchema(adoptSchema(property(given)))).not.toThrow();
  });

  const named = (pattern: string) => ({ type: 'string', pattern });
  it.each<[string, Schema, unknown]>([
    ['what must not match', { not: named('^-') }, 'a'],
    ['what must not match, by a reference', { not: { $ref: '#/$defs/flag' } }, 'a'],
    ['one of two patterns', { oneOf: [named('^a'), named('^b')] }, 'a'],
    ['one of several, and any of others', { anyOf: [{}], oneOf: [named('^a'), named('^b')] }, 'a'],
    ['what follows from a pattern', JSON.parse('{"if":{"pattern":"^a"},"then":{"minLength":9}}') as Schema, 'b'],
    ['names by a pattern alone', { patternProperties: { '^x-': {} }, additionalProperties: false }, { 'x-a': 1 }],
    [
      'names seen elsewhere',
      { allOf: [{ patternProperties: { '^x-': {} } }], unevaluatedProperties: false },
      { 'x-a': 1 },
    ],
    ['at most one that matches', { contains: named('^a'), maxContains: 1 }, ['a', 'b']],
    ['not what is nowhere', { not: { $ref: '#/$defs/nowhere' } }, 'a'],
  ])('refuses nothing that its server takes, for it checks no patterns: %s', (_, x, value) => {
    const adopted = adoptSchema({ ...property(x), $defs: { flag: named('^-') } });
    expect(compileSchema(adopted)({ x: value })).toBe(true);
  });

  it('keeps what forbids where nothing is left out, also beside a property called pattern', () => {
    const properties = {
      pattern: { type: 'string' },
      x: { not: { type: 'string' }, oneOf: [{ const: 1 }, { const: 2 }] },
    };
    const schema = { type: 'object', properties, if: { required: ['pattern'] }, else: { required: ['x'] } };
    expect(adoptSchema(schema)).toEqual(schema);
  });

  it('takes a mark at a property for the list of what is required', () => {
    expect(adoptSchema(property({ type: 'string', required: true }))).toEqual({
      ...property({ type: 'string' }),
      required: ['x'],
    });
    expect(adoptSchema(property({ type: 'string', required: false }))).toEqual(property({ type: 'string' }));
  });

  it('keeps references that lead somewhere, also by definitions and anchors', () => {
    const schema = {
      type: 'object',
      definitions: { a: { type: 'string' }, b: { $anchor: 'b', type: 'integer' } },
      properties: { x: { $ref: '#/definitions/a' }, y: { $ref: '#b' }, z: { $ref: '#' } },
    };
    expect(adoptSchema(schema)).toEqual(schema);
  });
});

/** Schemas as a program might write that has never seen the specification. */
const odd = letrec<{ schema: unknown; value: unknown }>((tie) => ({
  value: oneof(
    constantFrom(null, true, false, 0, -1, 1.5, '', 'string', 'any', '#', '#/x', '#x', 'true', 'integer', 'null'),
    tie('schema'),
    array(tie('value'), { maxLength: 3 }),
  ),
  schema: dictionary(
    constantFrom(
      ...'type properties required items anyOf oneOf allOf not if then else enum const default examples nullable $ref $id id $schema $defs definitions $anchor title description format minimum maximum exclusiveMinimum multipleOf minLength maxItems uniqueItems additionalProperties additionalItems prefixItems contains minContains dependentRequired dependentSchemas dependencies propertyNames unevaluatedProperties deprecated readOnly discriminator $dynamicRef $recursiveRef $vocabulary contentSchema contentEncoding x __proto__'.split(
        ' ',
      ),
    ),
    tie('value'),
    { maxKeys: 5 },
  ),
})).schema;

const tool = {
  name: 'act',
  domain: 'odd',
  title: '',
  description: '',
  inputSchema: {},
  readOnly: false,
  repeatable: false,
  openWorld: true,
  remembered: true,
  permission: 'allow' as const,
};

it('whatever is an object within bounds becomes a schema that arguments can be checked by, and stays the same', () => {
  assert(
    forAll(odd, (given) => {
      pre(isBounded(given));
      const schema = adoptSchema(given);
      expect(() => requireBounded(schema)).not.toThrow();
      expect(checkArguments({ ...tool, inputSchema: schema }, '{"x":1}')).toBeDefined();
      portableSchema(schema, 'gemini');
      portableSchema(schema, 'openai');
      expect(adoptSchema(schema)).toEqual(schema);
    }),
    { numRuns: 3_000 },
  );
});

function isBounded(given: unknown): boolean {
  try {
    requireBounded(given as Schema);
    return true;
  } catch {
    return false;
  }
}

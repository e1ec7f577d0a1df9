import { describe, expect, test } from 'vitest';
import { presentedName } from '#shared/servers/presented-name.ts';
import { findTool } from './names.ts';
import type { Family } from '../gateway/families.ts';
import { portableSchema } from './portable-schema.ts';

type Schema = Record<string, unknown>;

const object = (properties: Schema, rest: Schema = {}): Schema => ({ type: 'object', properties, ...rest });

describe('one property', () => {
  test.each<[string, Schema, Partial<Record<Family, Schema>>]>([
    [
      'a union with null',
      { type: ['string', 'null'], description: 'd', maxLength: 5 },
      {
        openai: { type: 'string', description: 'd', maxLength: 5 },
        gemini: { type: 'string', description: 'd', maxLength: 5, nullable: true },
        mixed: { type: 'string', description: 'd' },
        other: { type: 'string', description: 'd' },
      },
    ],
    [
      'anyOf with null',
      { anyOf: [{ type: 'integer' }, { type: 'null' }], default: null },
      {
        openai: { type: 'integer', default: null },
        gemini: { type: 'integer', nullable: true },
        other: { type: 'integer' },
      },
    ],
    [
      'oneOf',
      { oneOf: [{ type: 'string' }, { const: 5 }] },
      {
        anthropic: { anyOf: [{ type: 'string' }, { type: 'number', enum: [5] }] },
        gemini: { anyOf: [{ type: 'string' }, { type: 'number', description: '(one of 5)' }] },
      },
    ],
    [
      'enumeration of numbers',
      { enum: [1, 2], description: 'n' },
      {
        openai: { type: 'number', enum: [1, 2], description: 'n' },
        other: { type: 'number', description: 'n (one of 1, 2)' },
      },
    ],
    ['const', { const: 'x' }, { openai: { type: 'string', enum: ['x'] }, gemini: { type: 'string', enum: ['x'] } }],
    [
      'limits and formats',
      { type: 'integer', exclusiveMinimum: 0, format: 'uri', default: 3 },
      {
        openai: { type: 'integer', exclusiveMinimum: 0, format: 'uri', default: 3 },
        gemini: { type: 'integer', minimum: 1, description: '(default: 3)' },
        mixed: { type: 'integer', minimum: 1, description: '(default: 3)' },
        other: { type: 'integer', description: '(default: 3)' },
      },
    ],
    [
      'a tuple',
      { type: 'array', prefixItems: [{ type: 'number' }], uniqueItems: true },
      { gemini: { type: 'array', items: { type: 'number' } } },
    ],
    ['no type', { description: 'x' }, { gemini: { type: 'string', description: 'x' }, other: { description: 'x' } }],
    [
      'an object without known members',
      { type: 'object', additionalProperties: { type: 'string' }, description: 'labels' },
      {
        openai: { type: 'object', additionalProperties: { type: 'string' }, description: 'labels' },
        gemini: { type: 'string', description: 'labels (a JSON object, as text)' },
        mixed: { type: 'string', description: 'labels (a JSON object, as text)' },
      },
    ],
    [
      'allOf',
      { allOf: [object({ a: { type: 'string' } }, { required: ['a'] }), object({ b: { type: 'string' } })] },
      { other: object({ a: { type: 'string' }, b: { type: 'string' } }, { required: ['a'] }) },
    ],
    [
      'words that nobody takes',
      { type: 'string', 'x-order': 1, $comment: 'c', not: { const: 'y' }, contentEncoding: 'base64' },
      {
        openai: { type: 'string' },
        anthropic: { type: 'string' },
        gemini: { type: 'string' },
        other: { type: 'string' },
      },
    ],
  ])('%s', (_, property, expected) => {
    for (const [family, form] of Object.entries(expected)) {
      expect(portableSchema(object({ p: property }), family as Family), family).toEqual(object({ p: form }));
    }
  });
});

describe('the root', () => {
  test('is always an object with properties', () => {
    for (const family of ['openai', 'anthropic', 'gemini', 'other', 'mixed'] as const) {
      expect(portableSchema({ type: 'object', $schema: 'x', $id: 'y' }, family)).toEqual(object({}));
    }
  });
  test('has no alternatives: their properties are put together', () => {
    const schema = {
      type: 'object',
      oneOf: [
        object({ id: { type: 'string' }, x: {} }, { required: ['id', 'x'] }),
        object({ id: { type: 'string' }, y: {} }, { required: ['id', 'y'] }),
      ],
    };
    expect(portableSchema(schema, 'openai')).toEqual(
      object({ id: { type: 'string' }, x: {}, y: {} }, { required: ['id'] }),
    );
  });
  test('requires only what it has', () => {
    expect(portableSchema(object({ a: {} }, { required: ['a', 'b'] }), 'other')).toEqual(
      object({ a: {} }, { required: ['a'] }),
    );
  });
});

describe('references', () => {
  test('are put in place, with what stands beside them', () => {
    const schema = object(
      { a: { $ref: '#/$defs/A', description: 'mine' } },
      { $defs: { A: { type: 'string', maxLength: 3 } } },
    );
    expect(portableSchema(schema, 'openai')).toEqual(
      object({ a: { type: 'string', maxLength: 3, description: 'mine' } }),
    );
  });
  test.each(['#/$defs/none', 'http://169.254.169.254/x', 'file:///etc/passwd', '#/%E0%A4%A'])(
    '%s is anything',
    ($ref) => {
      expect(portableSchema(object({ a: { $ref } }), 'openai')).toEqual(object({ a: {} }));
    },
  );
  test('round in a circle end', () => {
    const node = object({ next: { $ref: '#/$defs/N' } });
    const schema = object({ n: { $ref: '#/$defs/N' } }, { $defs: { N: node } });
    expect(portableSchema(schema, 'other')).toEqual(object({ n: object({ next: {} }) }));
  });
});

test('names are made fit for every provider, and found again', () => {
  const long = `server__${'x'.repeat(80)}`;
  const tools = [{ name: 'read_file' }, { name: long }, { name: `${long}y` }, { name: 'a.b' }, { name: '9lives' }];
  const names = tools.map((tool) => presentedName(tool.name));
  expect(names[0]).toBe('read_file');
  expect(new Set(names).size).toBe(tools.length);
  for (const [index, name] of names.entries()) {
    expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/);
    expect(findTool(tools, name)).toBe(tools[index]);
    expect(findTool(tools, tools[index]!.name)).toBe(tools[index]);
  }
  expect(findTool(tools, 'a_b')).toBeUndefined();
});

test.each<Family>(['openai', 'anthropic', 'gemini', 'other', 'mixed'])(
  'limits that no tool has set are left out for %s',
  (family) => {
    const numbers = {
      any: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
      some: { type: 'integer', minimum: 0, maximum: 10 },
    };
    expect(portableSchema({ type: 'object', properties: numbers }, family)['properties']).toEqual({
      any: { type: 'integer' },
      some: numbers.some,
    });
  },
);

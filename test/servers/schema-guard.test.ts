import { describe, expect, test } from 'vitest';
import { adoptSchema } from '#services/tool-runner/backends/adopt-schema.ts';
import { compileSchema } from '#services/worker/tools/schema-check.ts';
import { requireBounded, schemaBounds } from '#shared/servers/schema-guard.ts';

type Schema = Record<string, unknown>;

const object = (more: Schema = {}): Schema => ({ type: 'object', ...more });

/** Two levels for each property in another. */
function deep(levels: number): Schema {
  let schema: Schema = levels % 2 === 0 ? object() : object({ enum: [] });
  for (let level = 1; level < levels; level += 2) schema = object({ properties: { x: schema } });
  return schema;
}

function large(bytes: number): Schema {
  const empty = JSON.stringify(object({ description: '' })).length;
  return object({ description: 'x'.repeat(bytes - empty) });
}

/** The root, its two words, and one for each value. */
const wide = (parts: number): Schema =>
  object({ properties: Object.fromEntries(Array.from({ length: parts - 2 }, (_, n) => [n, {}])) });

/** Each part references the next one twice. */
function doubling(steps: number): Schema {
  const next = (n: number) => ({ $ref: `#/$defs/d${n + 1}` });
  const names = Array.from({ length: steps }, (_, n) => [`d${n}`, { allOf: [next(n), next(n)] }]);
  return object({ $defs: Object.fromEntries([...names, [`d${steps}`, {}]]), properties: { x: next(-1) } });
}

/** Every part references all the others: as many ways through as there are orders of them. */
function everyOrder(parts: number): Schema {
  const refs = Array.from({ length: parts }, (_, n) => ({ $ref: `#/$defs/d${n}` }));
  const $defs = Object.fromEntries(refs.map((_, n) => [`d${n}`, { anyOf: refs }]));
  return object({ $defs, properties: { x: refs[0] } });
}

describe.each<[string, (schema: Schema) => unknown]>([
  ['the guard', requireBounded],
  ['a tool-runner', adoptSchema],
  ['a worker', compileSchema],
])('%s', (_, take) => {
  test.each<[string, Schema]>([
    ['as deep as may be', deep(schemaBounds.levels)],
    ['as large as may be', large(schemaBounds.bytes)],
    ['of as many parts as may be', wide(schemaBounds.parts)],
    ['that leads back to its root', object({ properties: { x: { $ref: '#' } } })],
    ['whose parts lead round in a circle', object({ $defs: { a: { items: { $ref: '#/$defs/a' } } } })],
    ['of references that stay within', doubling(3)],
  ])('takes a schema %s', (__, schema) => {
    expect(() => take(schema)).not.toThrow();
  });

  test.each<[string, Schema, RegExp]>([
    ['a level too deep', deep(schemaBounds.levels + 1), /nested deeper than 40 levels/],
    ['far too deep', deep(20_000), /nested deeper/],
    ['a byte too large', large(schemaBounds.bytes + 1), /larger than 64000 bytes/],
    ['larger in bytes than in characters', object({ description: 'é'.repeat(40_000) }), /larger than/],
    ['of a part too many', wide(schemaBounds.parts + 1), /more than 5000 parts/],
    ['that references blow up', doubling(30), /more than 5000 parts/],
    ['that references blow up without doubling', everyOrder(12), /more than 5000 parts/],
    ['of another machine', object({ properties: { x: { $ref: 'http://169.254.169.254/x' } } }), /another document/],
    ['of a file', object({ allOf: [{ $ref: 'file:///etc/passwd' }] }), /another document/],
  ])('refuses one %s', (__, schema, why) => {
    expect(() => take(schema)).toThrow(why);
  });
});

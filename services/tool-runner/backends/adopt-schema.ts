import { requireBounded } from '#shared/servers/schema-guard.ts';
import type { Schema } from '#shared/servers/resolve-refs.ts';
import { plainText } from './text.ts';

const textMax = 2_000;

/** Keywords whose value is a map from names to schemas: the names are data. */
const maps = new Set(['properties', '$defs', 'definitions', 'dependentSchemas']);
/** Keywords whose value is data, whatever it looks like. */
const data = new Set(['enum', 'const', 'default', 'examples', 'required', 'dependentRequired']);
/** Regular expressions of strangers can take for ever; the server checks its arguments itself. */
const dropped = new Set(['pattern', 'patternProperties', '$comment']);

/**
 * A foreign tool's schema as we pass it on: an object schema without regular expressions, its texts plain. Throws an
 * Error that says why the schema cannot be used: not of an object, or beyond what `requireBounded` lets through.
 */
export function adoptSchema(schema: unknown): Schema {
  if (!isSchema(schema) || schema['type'] !== 'object') throw new Error('its schema is not of an object');
  requireBounded(schema);
  return copySchema(schema);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function copySchema(schema: Schema): Schema {
  const copy: Schema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (!dropped.has(key)) set(copy, key, copyKeyword(key, value));
  }
  return copy;
}

function copyKeyword(key: string, value: unknown): unknown {
  if (data.has(key)) return value;
  if (key === 'title' || key === 'description')
    return typeof value === 'string' ? plainText(value, textMax) : undefined;
  if (maps.has(key) && isSchema(value)) {
    const copy: Schema = {};
    for (const [name, inner] of Object.entries(value)) set(copy, name, isSchema(inner) ? copySchema(inner) : inner);
    return copy;
  }
  if (Array.isArray(value)) return value.map((inner: unknown) => (isSchema(inner) ? copySchema(inner) : inner));
  return isSchema(value) ? copySchema(value) : value;
}

/** As assignment, but a property called __proto__ stays a property. */
function set(target: Schema, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

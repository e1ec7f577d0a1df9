import { plainText } from './text.ts';

/** Bounds for schemas of servers that are not ours (MCP 2026-07-28: bounds on $ref and composition). */
const maxBytes = 64_000;
const maxDepth = 48;
/** Subschemas that a validator may have to visit when every $ref is followed. */
const maxWeight = 10_000;
const textMax = 2_000;

type Schema = Record<string, unknown>;

/** Keywords whose value is a map from names to schemas: the names are data. */
const maps = new Set(['properties', '$defs', 'definitions', 'dependentSchemas']);
/** Keywords whose value is data, whatever it looks like. */
const data = new Set(['enum', 'const', 'default', 'examples', 'required', 'dependentRequired']);
/** A stranger's regular expression can take for ever, and the server checks its arguments itself. */
const dropped = new Set(['pattern', 'patternProperties', '$comment']);

/**
 * A foreign tool's schema as we pass it on: an object schema without regular expressions, with plain texts. Throws an
 * Error that says why the schema cannot be used: too large, too deep, too much composition, a $ref that leads
 * elsewhere.
 */
export function adoptSchema(schema: unknown): Schema {
  if (!isSchema(schema) || schema['type'] !== 'object') throw new Error('its schema is not of an object');
  // The depth is checked first, because what follows recurses.
  checkDepth(schema);
  if (Buffer.byteLength(JSON.stringify(schema)) > maxBytes) throw new Error(`its schema has over ${maxBytes} bytes`);
  weigh(schema, schema, new Map());
  return copySchema(schema);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkDepth(root: unknown): void {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw new Error(`its schema is nested over ${maxDepth} levels`);
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
}

/** Counts the subschemas below, with every local $ref followed; a loop ends where it began. */
function weigh(node: unknown, root: Schema, known: Map<unknown, number>): number {
  if (typeof node !== 'object' || node === null) return 0;
  const before = known.get(node);
  if (before !== undefined) return before;
  known.set(node, 1);
  let weight = 1;
  for (const [key, value] of Object.entries(node)) {
    weight +=
      key === '$ref' && typeof value === 'string'
        ? weigh(resolve(value, root), root, known)
        : weigh(value, root, known);
    if (weight > maxWeight) throw new Error('its schema is composed of too many parts');
  }
  known.set(node, weight);
  return weight;
}

function resolve(ref: string, root: Schema): unknown {
  if (!ref.startsWith('#')) throw new Error('its schema refers to another document, which is never fetched');
  let node: unknown = root;
  for (const part of ref.slice(1).split('/').slice(1)) {
    const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    node = typeof node === 'object' && node !== null && Object.hasOwn(node, name) ? (node as Schema)[name] : undefined;
  }
  return node;
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

/** Does what an assignment does, except that a property called __proto__ stays a property. */
function set(target: Schema, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

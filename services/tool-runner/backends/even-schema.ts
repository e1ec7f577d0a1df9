import { isObject } from '#shared/ground/objects.ts';
import type { Schema } from '#shared/servers/resolve-refs.ts';
import { maps, withoutTurned, type Loosened } from './loosened.ts';
import { limits, modernLimits } from './schema-limits.ts';
import { typesOf, withNull } from './schema-types.ts';
import { plainText } from './text.ts';

const textMax = 2_000;

/** Keywords whose value is a list of schemas. */
const lists = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
/** Keywords whose value is a schema. */
const schemas = new Set(
  'additionalProperties propertyNames items contains not if then else unevaluatedProperties unevaluatedItems additionalItems'.split(
    ' ',
  ),
);
/** Keywords that have their own turn below, or that go: regular expressions of strangers can take for ever. */
const apart = new Set(
  '__proto__ type required enum nullable $schema id $id $ref pattern patternProperties dependencies $comment $recursiveRef $recursiveAnchor $dynamicRef $dynamicAnchor $vocabulary contentEncoding contentMediaType contentSchema'.split(
    ' ',
  ),
);
const texts = new Set(['title', 'description']);
const flags = new Set(['uniqueItems', 'readOnly', 'writeOnly', 'deprecated']);
const newest = /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;

/** Decides which references and anchors stay. */
interface Keeps {
  ref(ref: string): boolean;
  anchor(name: string): boolean;
  loosened: Loosened;
}

/**
 * A schema in the words of JSON Schema 2020-12, whatever draft or language it was written in. Unknown keywords stay as
 * they are. It is the same for a schema that is even already.
 */
export function evenOut(schema: Schema, keeps: Keeps): Schema {
  const even: Schema = {};
  const needed = new Set<string>();
  for (const [key, value] of Object.entries(modernLimits(withoutTurned(schema, keeps.loosened)))) {
    if (apart.has(key)) continue;
    if (key === 'properties') for (const name of markedRequired(value)) needed.add(name);
    const kept = evenKeyword(key, value, keeps);
    if (kept !== undefined) set(even, key, kept);
  }
  if (typeof schema['$schema'] === 'string' && newest.test(schema['$schema'])) even['$schema'] = schema['$schema'];
  if (typeof schema['$ref'] === 'string' && keeps.ref(schema['$ref'])) even['$ref'] = schema['$ref'];
  for (const name of namesIn(schema['required'])) needed.add(name);
  if (needed.size > 0 || Array.isArray(schema['required'])) even['required'] = [...needed];
  return withTuple(withType(schema, even));
}

function withType(schema: Schema, even: Schema): Schema {
  const { type, enum: values, nullable } = schema;
  const types = typesOf(type);
  if (types.length > 0) even['type'] = types.length === 1 ? types[0] : types;
  const allowed = Array.isArray(values) ? values : isObject(values) ? Object.values(values) : [];
  const distinct = [...new Map(allowed.map((value: unknown) => [JSON.stringify(value), value])).values()];
  if (distinct.length > 0) even['enum'] = distinct;
  return nullable === true || nullable === 'true' ? withNull(even) : even;
}

/** A list of items means a tuple in older drafts; `additionalItems` is then what `items` is today. */
function withTuple(schema: Schema): Schema {
  const { additionalItems: others, ...rest } = schema;
  if (!Array.isArray(rest['items'])) return rest;
  const { items, ...open } = rest;
  if ((items as unknown[]).length === 0) return open;
  return { ...open, prefixItems: items, ...(others !== undefined && { items: others }) };
}

function evenKeyword(key: string, value: unknown, keeps: Keeps): unknown {
  if (texts.has(key)) return typeof value === 'string' ? plainText(value, textMax) : undefined;
  if (flags.has(key)) return typeof value === 'boolean' ? value : undefined;
  if (key in limits) return limits[key]?.(value);
  if (key === 'examples') return Array.isArray(value) ? value : undefined;
  if (key === 'format') return typeof value === 'string' ? value : undefined;
  if (key === '$anchor') return isAnchor(value) && keeps.anchor(value) ? value : undefined;
  if (key === 'dependentRequired') return evenDependents(value);
  if (maps.has(key)) return evenMap(value, keeps);
  if (lists.has(key) || (key === 'items' && Array.isArray(value))) return evenList(key, value, keeps);
  if (schemas.has(key)) return evenSchema(value, keeps);
  // What nobody knows may hold parts that a `$ref` names.
  return isObject(value) && key !== 'const' && key !== 'default' ? evenOut(value, keeps) : value;
}

/** JSON Schema 2020-12, core, 8.2.2. */
function isAnchor(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z_][-\w.]*$/.test(value);
}

function evenMap(value: unknown, keeps: Keeps): unknown {
  const named = Array.isArray(value) ? namedIn(value) : isObject(value) ? Object.entries(value) : undefined;
  if (named === undefined) return undefined;
  const even: Schema = {};
  for (const [name, inner] of named) set(even, name, evenSchema(inner, keeps) ?? {});
  return even;
}

/** Some write properties as a list of schemas with names. */
function namedIn(list: unknown[]): [string, unknown][] {
  return list.flatMap((each) => (isObject(each) && typeof each['name'] === 'string' ? [[each['name'], each]] : []));
}

function evenList(key: string, value: unknown, keeps: Keeps): unknown {
  const given = Array.isArray(value) ? (value as unknown[]) : [value];
  const even = given.flatMap((each) => evenSchema(each, keeps) ?? []);
  return even.length > 0 || key === 'items' ? even : undefined;
}

/** A schema, also one that is only the name of a type. Undefined for what is no schema. */
function evenSchema(value: unknown, keeps: Keeps): Schema | boolean | undefined {
  if (isObject(value)) return evenOut(value, keeps);
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  const types = typeof value === 'string' ? typesOf(value) : [];
  return types.length > 0 ? { type: types[0] } : undefined;
}

function evenDependents(value: unknown): unknown {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([name, needs]) => [name, namesIn(needs)]));
}

/** Draft 3, and many a program since, marks a property itself as required. */
function markedRequired(properties: unknown): string[] {
  if (!isObject(properties)) return [];
  const marks = new Set<unknown>([true, 'true']);
  return Object.entries(properties).flatMap(([name, each]) =>
    isObject(each) && marks.has(each['required']) ? name : [],
  );
}

function namesIn(value: unknown): string[] {
  const given = typeof value === 'string' && value !== 'true' && value !== 'false' ? [value] : value;
  return Array.isArray(given) ? [...new Set(given.filter((each) => typeof each === 'string'))] : [];
}

/** As assignment, but a property called __proto__ stays a property. */
function set(target: Schema, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

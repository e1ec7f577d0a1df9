import { resolveRefs, type Schema } from './resolve-refs.ts';

/** Whose model finally reads the schema; `other` gets what all families accept. */
export type Family = 'openai' | 'anthropic' | 'gemini' | 'other';

/** The family that the model's name tells, with or without its provider (`openai/gpt-5`, `vertex_ai/gemini-3`). */
export function providerFamily(model: string): Family {
  const name = model.toLowerCase();
  if (/(^|[/._-])(gemini|gemma|palm)/.test(name)) return 'gemini';
  if (/(^|[/._-])claude/.test(name) || name.startsWith('anthropic/')) return 'anthropic';
  if (/^(openai\/|azure\/)?(gpt-|chatgpt-|o[1-9]([.-]|$))/.test(name)) return 'openai';
  return 'other';
}

const floor = ['type', 'description', 'enum', 'properties', 'required', 'items', 'anyOf', 'minimum', 'maximum'];
const lengths = ['minLength', 'maxLength', 'pattern', 'minItems', 'maxItems'];
const rich = [
  ...floor,
  ...lengths,
  'additionalProperties',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'format',
  'default',
];

/** The keywords that each family's schemas may use; all others are dropped. */
const keywords: Record<Family, Set<string>> = {
  openai: new Set(rich),
  anthropic: new Set(rich),
  gemini: new Set([...floor, ...lengths, 'nullable', 'format']),
  other: new Set(floor),
};

/**
 * A tool's JSON schema in the form that a provider accepts: an object at the root, without references, unions of types,
 * composition other than anyOf, or keywords that the family refuses. The form may allow more than the original, which
 * arguments are checked against.
 */
export function portableSchema(schema: Schema, family: Family): Schema {
  const root = flattenRoot(resolveRefs(schema));
  const converted = convert(root, family);
  return { ...converted, type: 'object', properties: converted['properties'] ?? {} };
}

/** No provider accepts alternatives at the root: their properties are merged, and what all require is required. */
function flattenRoot(schema: Schema): Schema {
  const merged = mergeAllOf(schema);
  const branches = alternatives(merged);
  if (!branches) return merged;
  const properties: Schema = { ...(merged['properties'] as Schema | undefined) };
  const required = branches.map((branch) => new Set(Array.isArray(branch['required']) ? branch['required'] : []));
  for (const branch of branches) {
    for (const [name, value] of Object.entries((branch['properties'] ?? {}) as Schema)) properties[name] ??= value;
  }
  const all = [...(required[0] ?? [])].filter((name) => required.every((names) => names.has(name)));
  const own = Array.isArray(merged['required']) ? (merged['required'] as unknown[]) : [];
  const { anyOf: _any, oneOf: _one, additionalProperties: _more, ...rest } = merged;
  return { ...rest, properties, required: [...new Set([...own, ...all])] };
}

function alternatives(schema: Schema): Schema[] | undefined {
  const list = schema['anyOf'] ?? schema['oneOf'];
  return Array.isArray(list) ? list.filter(isSchema) : undefined;
}

function mergeAllOf(schema: Schema): Schema {
  const { allOf, ...own } = schema;
  if (!Array.isArray(allOf)) return schema;
  let merged: Schema = own;
  for (const part of allOf.filter(isSchema).map(mergeAllOf)) {
    merged = {
      ...part,
      ...merged,
      ...(part['properties'] || merged['properties']
        ? { properties: { ...(part['properties'] as Schema), ...(merged['properties'] as Schema) } }
        : {}),
      ...(part['required'] || merged['required']
        ? { required: [...list(merged['required']), ...list(part['required'])] }
        : {}),
    };
  }
  // Each part of allOf forbids only what the whole does not name; taken over into one object, it would forbid too much.
  const { additionalProperties: _, ...open } = merged;
  return own['additionalProperties'] === undefined ? open : merged;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function convert(source: Schema, family: Family): Schema {
  const notes: string[] = [];
  let schema = mergeAllOf(source);
  schema = withoutNull(withoutUnions(schema), family);
  schema = withEnum(schema, family, notes);
  if (family === 'gemini') schema = forGemini(schema);
  if (!keywords[family].has('default') && schema['default'] !== undefined && schema['default'] !== null) {
    notes.push(`default: ${JSON.stringify(schema['default'])}`);
  }
  const kept = Object.fromEntries(Object.entries(schema).filter(([key]) => keywords[family].has(key)));
  const converted = withChildren(kept, family);
  return notes.length > 0 ? { ...converted, description: describe(converted['description'], notes) } : converted;
}

function describe(description: unknown, notes: string[]): string {
  const text = typeof description === 'string' ? `${description} ` : '';
  return `${text}(${notes.join('; ')})`;
}

/** Types in a list become alternatives, oneOf becomes anyOf, and a single alternative becomes the schema itself. */
function withoutUnions(schema: Schema): Schema {
  const { oneOf: _oneOf, ...rest } = schema;
  if (Array.isArray(schema['type'])) {
    const types = schema['type'] as unknown[];
    if (types.length === 1) return { ...rest, type: types[0] };
    const { type: _, description, default: fallback, ...limits } = rest;
    const branches = types.map((type) => (type === 'null' ? { type } : { ...limits, type }));
    return {
      ...(description !== undefined && { description }),
      ...(fallback !== undefined && { default: fallback }),
      anyOf: branches,
    };
  }
  const branches = alternatives(schema);
  if (!branches) return rest;
  return { ...rest, anyOf: branches.map(mergeAllOf) };
}

/** Null nearly always means "may be left out". It is dropped, or becomes `nullable` where a family has that keyword. */
function withoutNull(schema: Schema, family: Family): Schema {
  const branches = schema['anyOf'];
  if (!Array.isArray(branches)) return schema;
  const { anyOf: _, ...outer } = schema;
  const rest = (branches as Schema[]).filter((branch) => branch['type'] !== 'null');
  const nullable = rest.length < branches.length && family === 'gemini' ? { nullable: true } : {};
  const [only] = rest;
  if (rest.length === 1 && only) return withoutNull(withoutUnions({ ...only, ...outer, ...nullable }), family);
  if (rest.length === 0) return { ...outer, type: 'string', ...nullable };
  // Beside alternatives a type says nothing, and some providers refuse it.
  const { type: _type, ...open } = outer;
  return { ...open, anyOf: rest, ...nullable };
}

function withEnum(schema: Schema, family: Family, notes: string[]): Schema {
  const { const: constant, ...rest } = schema;
  const values = constant === undefined ? schema['enum'] : [constant];
  if (!Array.isArray(values)) return rest;
  const type = rest['type'] ?? commonType(values);
  const typed = type === undefined ? rest : { ...rest, type };
  if (family === 'openai' || family === 'anthropic') return { ...typed, enum: values };
  if (values.every((value) => typeof value === 'string')) return { ...typed, type: 'string', enum: values };
  // Gemini knows only enumerations of strings.
  notes.push(`one of ${values.map((value) => JSON.stringify(value)).join(', ')}`);
  const { enum: _, ...open } = typed;
  return open;
}

function commonType(values: unknown[]): string | undefined {
  const types = new Set(values.map((value) => (value === null ? 'null' : typeof value)));
  return types.size === 1 ? [...types][0] : undefined;
}

const geminiFormats: Record<string, Set<string>> = {
  string: new Set(['enum', 'date-time']),
  integer: new Set(['int32', 'int64']),
  number: new Set(['float', 'double']),
};

function takesFormat(type: unknown, format: unknown): boolean {
  if (typeof type !== 'string' || typeof format !== 'string') return false;
  return geminiFormats[type]?.has(format) ?? false;
}

/** Gemini wants a type everywhere, inclusive limits, items of arrays, and no object without properties. */
function forGemini(schema: Schema): Schema {
  const type = schema['anyOf'] ? undefined : (schema['type'] ?? impliedType(schema));
  const out: Schema = { ...schema, ...(type !== undefined && { type }) };
  const step = type === 'integer' ? 1 : 0;
  const { exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  if (typeof above === 'number') out['minimum'] ??= above + step;
  if (typeof below === 'number') out['maximum'] ??= below - step;
  if (!takesFormat(type, schema['format'])) delete out['format'];
  if (type === 'array' && !isSchema(schema['items'])) out['items'] = firstItem(schema);
  return out;
}

function impliedType(schema: Schema): string {
  if (schema['properties']) return 'object';
  return schema['items'] || schema['prefixItems'] ? 'array' : 'string';
}

function firstItem(schema: Schema): Schema {
  const first = list(schema['prefixItems'])[0] ?? list(schema['items'])[0];
  return isSchema(first) ? first : { type: 'string' };
}

function withChildren(schema: Schema, family: Family): Schema {
  const out: Schema = { ...schema };
  if (isSchema(schema['properties'])) {
    const properties = Object.entries(schema['properties']).filter(([, value]) => value !== false);
    out['properties'] = Object.fromEntries(properties.map(([name, value]) => [name, child(value, family)]));
    const names = new Set(properties.map(([name]) => name));
    const required = [...new Set(list(schema['required']))].filter((name) => names.has(String(name)));
    if (required.length > 0) out['required'] = required;
    else delete out['required'];
  } else delete out['required'];
  if (schema['items'] !== undefined)
    out['items'] = child(isSchema(schema['items']) ? schema['items'] : firstItem(schema), family);
  if (Array.isArray(schema['anyOf'])) out['anyOf'] = schema['anyOf'].map((branch) => child(branch, family));
  if (isSchema(schema['additionalProperties']))
    out['additionalProperties'] = child(schema['additionalProperties'], family);
  return out;
}

function child(value: unknown, family: Family): Schema {
  const converted = convert(isSchema(value) ? value : {}, family);
  const empty = Object.keys(converted['properties'] ?? {}).length === 0;
  if (family !== 'gemini' || converted['type'] !== 'object' || !empty) return converted;
  // An object whose members are not known is asked for as JSON text, which the check of the arguments turns into the
  // object.
  return { type: 'string', description: describe(converted['description'], ['a JSON object, as text']) };
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

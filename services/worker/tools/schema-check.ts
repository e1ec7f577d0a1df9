import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as formats from 'ajv-formats';
import { unfoldsTooFar } from './resolve-refs.ts';
import { safePattern } from './safe-pattern.ts';

type Schema = Record<string, unknown>;

const maxBytes = 100_000;
const maxDepth = 40;
const remembered = 2_000;

const options = {
  strict: false,
  allErrors: true,
  // With this, errors carry the value that was found.
  verbose: true,
  // Schemas come from many servers, and one's `$id` must not become reachable for another's `$ref`.
  addUsedSchema: false,
  logger: false,
  code: { regExp: safePattern },
} as const;
const drafts = { modern: new Ajv2020(options), seven: new Ajv(options) };
for (const ajv of [drafts.modern, drafts.seven]) addFormats(ajv);

const compiled = new Map<string, ValidateFunction>();
/** The same checks by the schema object, which lives as long as its server's list: every call asks here. */
const checks = new WeakMap<Schema, ValidateFunction>();

/**
 * The check of arguments against a tool's schema. Throws Error with a sentence for a schema that cannot be used: it is
 * too large, not valid, or has a `$ref` that leads out of it (nothing is ever fetched).
 */
export function compileSchema(schema: Schema): ValidateFunction {
  const known = checks.get(schema);
  if (known) return known;
  const check = compileText(schema);
  checks.set(schema, check);
  return check;
}

function compileText(schema: Schema): ValidateFunction {
  const text = JSON.stringify(schema);
  const known = compiled.get(text);
  if (known) return known;
  if (text.length > maxBytes) throw new Error(`its schema is larger than ${maxBytes} characters`);
  if (depthOf(schema) > maxDepth) throw new Error(`its schema is nested deeper than ${maxDepth} levels`);
  if (unfoldsTooFar(schema)) throw new Error('its schema unfolds to more parts than can be checked');
  const { $schema, $id: _id, ...own } = schema;
  const ajv = typeof $schema === 'string' && /draft-0[4-7]/.test($schema) ? drafts.seven : drafts.modern;
  const check = ajv.compile(own);
  // Ajv remembers every schema object, so what this cache forgets must be forgotten there too.
  ajv.removeSchema(own);
  if (compiled.size >= remembered) compiled.clear();
  compiled.set(text, check);
  return check;
}

function depthOf(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return depth;
  let deepest = depth;
  for (const member of Object.values(value)) deepest = Math.max(deepest, depthOf(member, depth + 1));
  return deepest;
}

function addFormats(ajv: Ajv | Ajv2020): void {
  // ajv-formats is a CommonJS module whose default export is the function.
  const plugin = formats.default as unknown as { default?: (ajv: Ajv) => unknown } & ((ajv: Ajv) => unknown);
  (plugin.default ?? plugin)(ajv);
}

import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as formats from 'ajv-formats';
import type { Schema } from '#shared/servers/resolve-refs.ts';
import { requireBounded } from '#shared/servers/schema-guard.ts';
import { safePattern } from './safe-pattern.ts';

const remembered = 2_000;

const options = {
  strict: false,
  allErrors: true,
  // Errors tell the value that was found.
  verbose: true,
  // Schemas come from many servers: one's `$id` must not become reachable for another's `$ref`.
  addUsedSchema: false,
  logger: false,
  code: { regExp: safePattern },
} as const;
const drafts = { modern: new Ajv2020(options), seven: new Ajv(options) };
for (const ajv of [drafts.modern, drafts.seven]) addFormats(ajv);

const compiled = new Map<string, ValidateFunction>();
/** The same by the schema's object, which lives as long as its server's list: every call asks. */
const checks = new WeakMap<Schema, ValidateFunction>();

/**
 * The check for arguments by a tool's schema. Throws Error with a sentence for a schema that cannot be used: not
 * valid, or beyond what `requireBounded` lets through.
 */
export function compileSchema(schema: Schema): ValidateFunction {
  const known = checks.get(schema);
  if (known) return known;
  const check = compileText(schema);
  checks.set(schema, check);
  return check;
}

function compileText(schema: Schema): ValidateFunction {
  requireBounded(schema);
  const text = JSON.stringify(schema);
  const known = compiled.get(text);
  if (known) return known;
  const { $schema, ...rest } = schema;
  // Its own name must not count; without any, Ajv finds no way back to the root (`$ref: "#"`).
  const own = { ...rest, $id: 'dragoman:tool' };
  const ajv = typeof $schema === 'string' && /draft-0[4-7]/.test($schema) ? drafts.seven : drafts.modern;
  const check = ajv.compile(own);
  // Ajv remembers every schema by its object; what this cache forgets must be forgotten there too.
  ajv.removeSchema(own);
  if (compiled.size >= remembered) compiled.clear();
  compiled.set(text, check);
  return check;
}

function addFormats(ajv: Ajv | Ajv2020): void {
  // A CommonJS module whose default export is the function.
  const plugin = formats.default as unknown as { default?: (ajv: Ajv) => unknown } & ((ajv: Ajv) => unknown);
  (plugin.default ?? plugin)(ajv);
}

import { isObject } from '#shared/ground/objects.ts';
import type { Schema } from '#shared/servers/resolve-refs.ts';

/** Keywords that are left out of every schema. Without them it lets more through. */
const leftOut = ['pattern', 'patternProperties', 'dependencies', '$recursiveRef', '$dynamicRef'];

/** Keywords whose value is a map from names to schemas: the names are data. */
export const maps = new Set(['properties', '$defs', 'definitions', 'dependentSchemas']);
/** Keywords whose value is data, whatever it looks like. */
export const data = new Set(['enum', 'const', 'default', 'examples']);

/** Which parts of a schema let more through than their server wrote. */
export interface Loosened {
  /** True for a part that holds a keyword or a reference that goes, or refers to one that may. */
  part(part: unknown): boolean;
}

/** What becomes looser in `root` when references that lead nowhere go too. */
export function loosenedIn(root: Schema, leads: (ref: string) => boolean): Loosened {
  const goes = (part: Schema) =>
    leftOut.some((key) => Object.hasOwn(part, key)) || (typeof part['$ref'] === 'string' && !leads(part['$ref']));
  const anywhere = holds(root, goes);
  const refers = (part: Schema) => typeof part['$ref'] === 'string';
  return { part: (part) => anywhere && (holds(part, goes) || holds(part, refers)) };
}

function holds(part: unknown, what: (part: Schema) => boolean): boolean {
  if (Array.isArray(part)) return part.some((each) => holds(each, what));
  if (!isObject(part)) return false;
  return what(part) || Object.entries(part).some(([key, value]) => holds(data.has(key) ? [] : named(key, value), what));
}

function named(key: string, value: unknown): unknown {
  return maps.has(key) && isObject(value) ? Object.values(value) : value;
}

/**
 * A schema without the keywords that forbid more where their parts let more through: `not: { pattern }` would become
 * "nothing at all", and two alternatives of `oneOf` would both fit.
 */
export function withoutTurned(schema: Schema, loosened: Loosened): Schema {
  const kept: Schema = { ...schema };
  if (loosened.part(kept['not'])) delete kept['not'];
  // Without the condition, what follows from it says nothing.
  if (loosened.part(kept['if'])) delete kept['if'];
  if (loosened.part(kept['oneOf'])) {
    kept['anyOf'] ??= kept['oneOf'];
    delete kept['oneOf'];
  }
  if (loosened.part(kept['contains'])) delete kept['maxContains'];
  if (Object.hasOwn(kept, 'patternProperties')) delete kept['additionalProperties'];
  if (loosened.part(schema)) {
    delete kept['unevaluatedProperties'];
    delete kept['unevaluatedItems'];
  }
  return kept;
}

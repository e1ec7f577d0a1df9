/** A JSON schema, or a part of one. */
export type Schema = Record<string, unknown>;

const maxOpen = 24;
/** A small schema can unfold into an endless one: so many parts, then anything goes. */
export const maxParts = 5_000;

/**
 * Puts the parts that local references (`#/…`) name in their place. Where a reference leads out of the schema, nowhere,
 * or round in a circle, anything is allowed: arguments are checked against the original.
 */
export function resolveRefs(schema: Schema): Schema {
  return unfold(schema).schema;
}

/** True for a schema that references blow up, as `allOf` of two references to an `allOf` of two references … does. */
export function unfoldsTooFar(schema: Schema): boolean {
  return unfold(schema).parts > maxParts;
}

function unfold(schema: Schema): { schema: Schema; parts: number } {
  let parts = 0;
  const unfolded = walk(schema, []) as Schema;
  return { schema: unfolded, parts };

  function walk(value: unknown, open: string[]): unknown {
    if (typeof value !== 'object' || value === null) return value;
    parts += 1;
    if (parts > maxParts) return {};
    if (Array.isArray(value)) return value.map((item) => walk(item, open));
    const { $ref, ...own } = value as Schema;
    if (typeof $ref === 'string') return resolved($ref, own, open);
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== '$defs' && key !== 'definitions')
        .map(([key, member]) => [key, walk(member, open)]),
    );
  }

  function resolved($ref: string, own: Schema, open: string[]): unknown {
    const { $defs: _defs, definitions: _definitions, ...beside } = own;
    const rest = walk(beside, open) as Schema;
    if (open.includes($ref) || open.length >= maxOpen) return rest;
    const target = walk(lookUp(schema, $ref) ?? {}, [...open, $ref]);
    return typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target, ...rest } : rest;
  }
}

/** RFC 6901 within the schema; undefined for what is not there. */
export function lookUp(root: Schema, $ref: string): unknown {
  if ($ref === '#') return root;
  if (!$ref.startsWith('#/')) return undefined;
  let value: unknown = root;
  const pointer = decodePointer($ref);
  if (!pointer) return undefined;
  for (const part of pointer) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Schema)[part];
  }
  return value;
}

function decodePointer($ref: string): string[] | undefined {
  try {
    return decodeURIComponent($ref.slice(2))
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  } catch {
    return undefined;
  }
}

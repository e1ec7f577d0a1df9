import { isObject } from '#shared/ground/objects.ts';
import { lookUp, type Schema } from '#shared/servers/resolve-refs.ts';
import { requireBounded } from '#shared/servers/schema-guard.ts';
import { evenOut } from './even-schema.ts';
import { data, loosenedIn } from './loosened.ts';

/**
 * A foreign tool's schema as we pass it on: valid JSON Schema of an object, without regular expressions, its texts
 * plain. What is not quite JSON Schema is read as what it most likely means, and a keyword that means nothing is left
 * out: the server checks its arguments itself. Throws an Error that says why the schema cannot be used: it is none, or
 * beyond what `requireBounded` lets through.
 */
export function adoptSchema(schema: unknown): Schema {
  if (!isObject(schema)) throw new Error('it has no schema of its arguments');
  requireBounded(schema);
  const all = () => true;
  const root = objectRoot(evenOut(schema, { ref: all, anchor: all, loosened: loosenedIn(schema, all) }));
  const anchors = anchorsOf(root);
  const ref = (name: string) => leadsSomewhere(root, anchors, name);
  return evenOut(root, { ref, anchor: (name) => anchors.get(name) === 1, loosened: loosenedIn(root, ref) });
}

/** The root becomes that of an object. What a `$ref` at the root names is taken over: a root has properties. */
function objectRoot(schema: Schema): Schema {
  const { type: _, $ref, ...rest } = schema;
  if (typeof $ref !== 'string') return { ...rest, type: 'object' };
  const target = $ref.startsWith('#/') ? lookUp(schema, $ref) : undefined;
  const { $ref: next, type: __, ...taken } = isObject(target) ? target : {};
  // What the target refers to in turn is one of the things that must hold.
  const also = typeof next === 'string' ? [{ $ref: next }] : [];
  const all = [...also, ...list(taken['allOf']), ...list(rest['allOf'])];
  return { ...taken, ...rest, ...(all.length > 0 && { allOf: all }), type: 'object' };
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** A reference that leads nowhere makes the whole schema useless; without it, anything is allowed in its place. */
function leadsSomewhere(root: Schema, anchors: ReadonlyMap<unknown, number>, ref: string): boolean {
  if (ref === '#') return true;
  if (!ref.startsWith('#/')) return anchors.get(ref.slice(1)) === 1;
  const target = lookUp(root, ref);
  return isObject(target) || typeof target === 'boolean';
}

/** How often each name of an anchor is given; one that is given twice means nothing. */
function anchorsOf(root: Schema): Map<unknown, number> {
  const found = new Map<unknown, number>();
  const open: unknown[] = [root];
  for (const each of open) {
    if (typeof each !== 'object' || each === null) continue;
    if ('$anchor' in each) found.set(each.$anchor, (found.get(each.$anchor) ?? 0) + 1);
    open.push(...Object.entries(each).flatMap(([key, value]) => (data.has(key) ? [] : [value])));
  }
  return found;
}

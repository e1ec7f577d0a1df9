import { maxParts, unfoldsTooFar, type Schema } from './resolve-refs.ts';

/**
 * What a tool's schema may be (MCP 2026-07-28: bounds on $ref and composition). A tool-runner holds the schemas of other
 * people's servers to it, a worker those of every server: what the one lets through, the other takes.
 */
export const schemaBounds = { bytes: 64_000, levels: 40, parts: maxParts } as const;

/**
 * Throws an Error that says why the schema cannot be used: too deep, too large, a $ref that leads out of it, or more
 * parts than can be checked when every $ref is followed. Nothing is ever fetched.
 */
export function requireBounded(schema: Schema): void {
  const { bytes, levels, parts } = schemaBounds;
  // Depth first: what follows recurses.
  if (deeperThan(levels, schema)) throw new Error(`its schema is nested deeper than ${levels} levels`);
  if (Buffer.byteLength(JSON.stringify(schema)) > bytes) throw new Error(`its schema is larger than ${bytes} bytes`);
  if (leadsOut(schema)) throw new Error('its schema refers to another document, which is never fetched');
  if (unfoldsTooFar(schema)) throw new Error(`its schema unfolds to more than ${parts} parts`);
}

function deeperThan(levels: number, root: unknown): boolean {
  let level = membersOf(root);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > levels) return true;
    level = level.flatMap(membersOf);
  }
  return false;
}

/** Of an object or array, those that are one themselves. */
function membersOf(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).filter((member) => typeof member === 'object' && member !== null);
}

function leadsOut(node: object): boolean {
  const { $ref } = node as Schema;
  return (typeof $ref === 'string' && !$ref.startsWith('#')) || membersOf(node).some(leadsOut);
}

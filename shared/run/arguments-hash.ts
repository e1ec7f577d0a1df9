import { createHash } from 'node:crypto';

/**
 * sha256 (hex) of a tool call's arguments in canonical JSON (RFC 8785: keys sorted by UTF-16 code units, no spaces), so
 * that an approval is bound to exactly what was shown. `undefined` counts as no arguments, like `{}`. Throws TypeError
 * for values that JSON does not have.
 */
export function argumentsHash(args: unknown): string {
  return createHash('sha256')
    .update(canonicalJson(args ?? {}))
    .digest('hex');
}

/** The hash of arguments as a model wrote them: of their value, or of the text itself when it is not JSON. */
export function writtenArgumentsHash(text: string): string {
  try {
    return argumentsHash(text === '' ? {} : JSON.parse(text));
  } catch {
    return argumentsHash(text);
  }
}

/** RFC 8785 canonical JSON. Members that are `undefined` are left out, as JSON.stringify does. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`a ${typeof value} has no JSON form`);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    // Code-unit order, not a locale's: both ends must agree.
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

import { isObject } from '#shared/ground/objects.ts';
import type { Schema } from '#shared/servers/resolve-refs.ts';

/** MCP 2026-07-28: the keyword that asks for an argument to be sent as a header, too. */
const mark = 'x-mcp-header';
/** RFC 9110, `token`. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const markable = new Set<unknown>(['string', 'integer', 'boolean']);

/**
 * Why a schema's marks for headers are wrong; undefined when they are right, or there are none. MCP 2026-07-28,
 * "Streamable HTTP": a client must leave out a tool whose marks are empty, no tokens, the same twice (in any case), at
 * values that fit into no header, or somewhere else than at properties of properties.
 */
export function wrongHeaderMark(schema: Schema): string | undefined {
  const seen = new Set<string>();

  function atProperty(value: unknown): string | undefined {
    if (!isObject(value)) return undefined;
    const { [mark]: name, properties, ...others } = value;
    if (mark in value) {
      if (typeof name !== 'string' || !token.test(name)) return 'one is no name of a header';
      if (!markable.has(value['type'])) return `that of ${name} is at no text, integer or boolean`;
      if (seen.has(name.toLowerCase())) return `two are ${name}`;
      seen.add(name.toLowerCase());
    }
    const children = isObject(properties) ? Object.values(properties) : [];
    return first(children.map(atProperty)) ?? (hasMark(others) ? 'one is at no property' : undefined);
  }

  const wrong = mark in schema ? 'one is at no property' : atProperty(schema);
  return wrong === undefined ? undefined : `its marks for headers (${mark}) are wrong: ${wrong}`;
}

/** A schema without its marks: they are for the way to its server, and nobody else sends these headers. */
export function withoutHeaderMarks(schema: Schema): Schema {
  if (!hasMark(schema)) return schema;
  return JSON.parse(JSON.stringify(schema), function (this: unknown, key, value: unknown) {
    const isKeyword = key === mark && isObject(this) && typeof value === 'string';
    return isKeyword ? undefined : value;
  }) as Schema;
}

function hasMark(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (mark in value) return true;
  return Object.values(value).some(hasMark);
}

function first(found: (string | undefined)[]): string | undefined {
  return found.find((each) => each !== undefined);
}

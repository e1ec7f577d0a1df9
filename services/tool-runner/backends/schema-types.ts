import type { Schema } from '#shared/servers/resolve-refs.ts';

/** What other languages call JSON's types. `any` and what nobody knows say nothing. */
const names: Record<string, string> = {
  string: 'string str text char varchar file date datetime date-time time uuid uri url email binary bytes',
  integer: 'integer int int32 int64 long short uint bigint',
  number: 'number float double decimal real numeric',
  boolean: 'boolean bool',
  array: 'array list tuple set sequence',
  object: 'object dict dictionary map record struct hash json',
  null: 'null none nil undefined void',
};
const byName = new Map(
  Object.entries(names).flatMap(([type, words]) => words.split(' ').map((word) => [word, type] as const)),
);

/** JSON Schema's names of the types that a value of `type` means. None when it means nothing. */
export function typesOf(type: unknown): string[] {
  const said = (Array.isArray(type) ? type : [type]) as unknown[];
  const known = said.map((each) => (typeof each === 'string' ? byName.get(each.trim().toLowerCase()) : undefined));
  // One word that nobody knows among others may stand for any type.
  return known.includes(undefined) ? [] : [...new Set(known.filter((each) => each !== undefined))];
}

/** OpenAPI's `nullable` in JSON Schema's words. */
export function withNull(schema: Schema): Schema {
  const { type, enum: values } = schema;
  const types = [type].flat().filter((each) => typeof each === 'string');
  return {
    ...schema,
    ...(types.length > 0 && { type: [...new Set([...types, 'null'])] }),
    ...(Array.isArray(values) && !values.includes(null) && { enum: [...(values as unknown[]), null] }),
  };
}

/** Reading of libpg-query's parse trees: names of PostgreSQL's raw parse tree (parsenodes.h and primnodes.h). */
export type Fields = Record<string, unknown>;

/** The kind and the fields of a wrapped node such as `{"FuncCall": {…}}`. */
export function opened(node: unknown): [kind: string, fields: Fields] {
  const [entry] = node !== null && typeof node === 'object' ? Object.entries(node) : [];
  return entry ? [entry[0], entry[1] as Fields] : ['', {}];
}

export function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  const [kind, fields] = opened(value);
  return kind === 'List' && Array.isArray(fields['items']) ? fields['items'] : [];
}

export function strings(parts: unknown): string[] {
  if (!Array.isArray(parts)) return [];
  return parts.flatMap((part: { String?: { sval?: string } }) => (part.String ? [part.String.sval ?? ''] : []));
}

/** The last two parts of a name. A third part in front can only name the database itself. */
export function qualified(parts: unknown): { schema: string | undefined; name: string } {
  const names = strings(parts);
  return { schema: names.at(-2), name: names.at(-1) ?? '' };
}

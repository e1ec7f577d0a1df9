/** The longest text that may stand in an index of PostgreSQL: a model makes up names of any length. */
const maxIndexed = 300;

/** A text that PostgreSQL accepts: without NUL. */
export function plain(text: string): string {
  return text.replaceAll('\0', '');
}

/** The form in which a text is indexed; what is stored and what is searched for both go through it. */
export function indexed(text: string): string {
  return plain(text).slice(0, maxIndexed);
}

/** The two numbers of a stream id of Redis. */
export function idParts(id: string): [ms: number, seq: number] {
  const [ms = 0, seq = 0] = id.split('-').map(Number);
  return [ms, seq];
}

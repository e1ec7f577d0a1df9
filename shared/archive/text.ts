/** Longest text that stands in an index of PostgreSQL: names that a model has made up may be of any length. */
const maxIndexed = 300;

/** A text as PostgreSQL takes it: without NUL. */
export function plain(text: string): string {
  return text.replaceAll('\0', '');
}

/** A text that is searched for by an index; the same of what is stored and of what is asked for. */
export function indexed(text: string): string {
  return plain(text).slice(0, maxIndexed);
}

/** The two parts of an id of a Redis stream. */
export function idParts(id: string): [ms: number, seq: number] {
  const [ms = 0, seq = 0] = id.split('-').map(Number);
  return [ms, seq];
}

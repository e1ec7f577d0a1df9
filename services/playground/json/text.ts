/** The text of a value that a client sent. A number becomes its digits, anything else becomes `usual`. */
export function textOf(value: unknown, usual = ''): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : usual;
}

/** What a client sent where text belongs: numbers are taken as their digits, anything else is `usual`. */
export function textOf(value: unknown, usual = ''): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : usual;
}

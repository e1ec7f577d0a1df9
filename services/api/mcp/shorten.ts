/** Characters of one text that a model is shown. */
const maxText = 2_000;

/** The same value with long texts cut. A mark says how much is missing. */
export function shortened<T>(value: T): T {
  return cut(value) as T;
}

function cut(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.length <= maxText ? value : `${value.slice(0, maxText)}… [${value.length - maxText} characters cut]`;
  }
  if (Array.isArray(value)) return value.map(cut);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cut(member)]));
}

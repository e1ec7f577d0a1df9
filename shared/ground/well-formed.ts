/** How JSON.stringify writes half a character, and nothing else but a text about such escapes. */
const half = /\\ud[89a-f]/;

/** A value as JSON that every reader of UTF-8 takes: half a character, as a cut text may end with, becomes U+FFFD. */
export function wellFormedJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (!half.test(json)) return json;
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'string' ? each.toWellFormed() : each));
}

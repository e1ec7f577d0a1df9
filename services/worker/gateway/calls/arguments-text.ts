import { readRelaxed } from './relaxed-json.ts';

/** Tokens with which models end a call, and which some servers leave in its text. */
const endTokens = /(?:\s|<\|[\w▁]{1,40}\|>|<｜[\w▁]{1,40}｜>|<\/(?:tool_call|function|s)>)+$/u;

/**
 * The arguments of a call as JSON text, whatever form they came in: nothing at all, an object, text that was encoded
 * twice, in a code fence, in Python's or JavaScript's notation, or with something after their end. Text that cannot be
 * read for sure stays as it is; what checks the arguments then tells the model.
 */
export function argumentsText(written: unknown): string {
  if (typeof written !== 'string') return JSON.stringify(objectIn(written) ?? written ?? {});
  const value = readArguments(written);
  return value === undefined ? written : JSON.stringify(value);
}

/** The arguments that a text holds; undefined when it does not hold one whole object. */
export function readArguments(text: string): Record<string, unknown> | undefined {
  const bare = unfenced(text.replace(endTokens, '').trim());
  if (/^(?:null|none|undefined|"")?$/i.test(bare)) return {};
  return objectIn(readRelaxed(bare) ?? readRelaxed(withoutSurplus(bare)) ?? readRelaxed(unescaped(bare)));
}

/** An object, one within an array of its own, none (an empty array), or one that is encoded as text, up to three times. */
function objectIn(value: unknown, depth = 0): Record<string, unknown> | undefined {
  if (depth > 3) return undefined;
  if (typeof value === 'string' && /^\s*[{["]/.test(value)) return objectIn(readRelaxed(value.trim()), depth + 1);
  if (Array.isArray(value)) return value.length > 1 ? undefined : objectIn(value[0] ?? {}, depth + 1);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

export function unfenced(text: string): string {
  return /^```[\w-]*\s*\n([^]*?)\n?\s*```$/.exec(text)?.[1]?.trim() ?? text;
}

/** Leaves out closing brackets after the end of the object, and the object that comes once more right behind it. */
function withoutSurplus(text: string): string {
  const half = text.slice(0, text.length / 2);
  if (half + half === text) return half;
  return /\}\s*[}\]]{1,2}$/.test(text) ? text.replace(/\s*[}\]]$/, '') : text;
}

/** The text of an object that was encoded without quotes around it, or for HTML. */
function unescaped(text: string): string {
  if (/^\{\s*\\"/.test(text)) return text.replaceAll('\\"', '"').replaceAll('\\\\', '\\');
  if (!/^\{\s*&quot;/.test(text)) return text;
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

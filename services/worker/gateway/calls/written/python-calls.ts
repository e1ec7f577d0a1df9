import { readRelaxed } from '../relaxed-json.ts';
import type { WrittenCall } from './written-call.ts';

/**
 * Reads calls in Python's form: `f(a=1, b="x")`, each on a line, in a list, or in `print(…)`. Undefined when the text is
 * anything else: only names, keywords and literals are understood, no expressions.
 */
export function readPythonCalls(text: string): WrittenCall[] | undefined {
  const bare = text.trim().replace(/^\[([^]*)\]$/, '$1');
  const calls: WrittenCall[] = [];
  for (const part of splitTop(bare, /[,;\n]/)) {
    if (part.trim() === '' || /^\s*(?:#|import\b)/.test(part)) continue;
    const call = readCall(part.trim());
    if (!call) return undefined;
    calls.push(call);
  }
  return calls.length > 0 ? calls : undefined;
}

function readCall(text: string): WrittenCall | undefined {
  const printed = /^print\(([^]*)\)$/.exec(text)?.[1];
  if (printed !== undefined) return readCall(printed.trim());
  const [, name, inside] = /^(?:\w+\s*=\s*)?([A-Za-z_][\w.]*)\(([^]*)\)$/.exec(text) ?? [];
  if (name === undefined || inside === undefined) return undefined;
  const args: Record<string, unknown> = {};
  for (const part of splitTop(inside, /,/)) {
    if (part.trim() === '') continue;
    const [, key, literal] = /^\s*([A-Za-z_]\w*)\s*=\s*([^]+)$/.exec(part) ?? [];
    const value = literal === undefined ? undefined : readRelaxed(literal.trim());
    if (key === undefined || value === undefined) return undefined;
    args[key] = value;
  }
  return { name: name.replace(/\.call$/, ''), arguments: args };
}

/** Splits where a separator stands outside of brackets and strings. */
function splitTop(text: string, separator: RegExp): string[] {
  const parts: string[] = [];
  let from = 0;
  let depth = 0;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (quote !== '') {
      if (char === '\\') at += 1;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) depth -= 1;
    else if (depth === 0 && separator.test(char)) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

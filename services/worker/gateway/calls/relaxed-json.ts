/**
 * Reads JSON as models and proxies write it: also with single quotes, bare keys, Python's True, False and None, NaN, raw
 * line breaks in strings, and commas too many. Nothing is closed that was left open, so a text that was cut off is not
 * read as a shorter whole. Undefined for everything else.
 */
export function readRelaxed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What follows reads the rest.
  }
  const strict = strictText(text);
  if (strict === undefined) return undefined;
  try {
    return JSON.parse(strict);
  } catch {
    return undefined;
  }
}

const words: Record<string, string> = {
  True: 'true',
  False: 'false',
  None: 'null',
  undefined: 'null',
  NaN: 'null',
  Infinity: 'null',
};
const token = /\s+|["']|[{}[\]:,]|-?\d[\w.+-]*|-?[A-Za-z_$][\w$-]*/y;

/** The text as JSON writes it; undefined when it holds something that JSON has no word for. */
function strictText(text: string): string | undefined {
  let out = '';
  let last = '';
  for (let at = 0; at < text.length;) {
    token.lastIndex = at;
    const found = token.exec(text)?.[0];
    if (found === undefined) return undefined;
    at += found.length;
    if (found.trim() === '') {
      out += found;
      continue;
    }
    if (found === '"' || found === "'") {
      const end = stringEnd(text, at, found);
      if (end < 0) return undefined;
      out += stringText(text.slice(at, end), found);
      at = end + 1;
    } else if ('}]'.includes(found) && last === ',') out = `${out.replace(/,\s*$/, '')}${found}`;
    else if (/^-?[A-Za-z_$]/.test(found)) out += wordText(found, text.slice(at));
    else out += found;
    last = found;
  }
  return out;
}

function wordText(word: string, rest: string): string {
  if (/^\s*:/.test(rest)) return JSON.stringify(word);
  return words[word.replace(/^-/, '')] ?? word;
}

function stringEnd(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}

/** The inside of a string, in JSON's quotes and with JSON's escapes. */
function stringText(inside: string, quote: string): string {
  const plain = inside.replace(/\\([^])/g, (escape, char: string) => {
    if ('"\\/bfnrtu'.includes(char)) return escape;
    return char === "'" ? "'" : `\\\\${char}`;
  });
  const quoted =
    quote === "'" ? plain.replace(/(\\[^])|"/g, (found, escape?: string) => escape ?? `\\${found}`) : plain;
  // oxlint-disable-next-line no-control-regex -- control characters are what it escapes
  return `"${quoted.replace(/[\u0000-\u001F]/g, (char) => JSON.stringify(char).slice(1, -1))}"`;
}

/** True when a text ends within a bracket or a string: it was cut off. */
export function isUnfinished(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '"' || (char === "'" && /[\s([{:,=]/.test(text[at - 1] ?? ' '))) {
      const end = stringEnd(text, at + 1, char);
      if (end < 0) return true;
      at = end;
    } else if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) depth -= 1;
  }
  return depth > 0;
}

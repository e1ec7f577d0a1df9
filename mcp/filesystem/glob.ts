/** How many alternatives the braces of one pattern may unfold to. A pattern with more is refused. */
const MAX_ALTERNATIVES = 64;

/** Tells whether a path (its segments) matches. */
export type Matcher = (segments: readonly string[]) => boolean;

/**
 * Compiles a glob: `*` and `?` within a name, `**` over directories, `[a-z]`, `[!a-z]`, `{md,txt}`, and `\` to take the
 * next character literally.
 * A pattern without `/` is compared with the last name alone. Upper and lower case are the same.
 * It uses no regular expression, so matching costs at most pattern length × path length.
 * @returns undefined when the braces unfold to too many alternatives
 */
export function compileGlob(pattern: string): Matcher | undefined {
  const alternatives = unfoldBraces(pattern.toLowerCase());
  if (!alternatives) return undefined;
  const compiled = alternatives.map(compileOne);
  return (segments) => {
    const lower = segments.map((segment) => segment.toLowerCase());
    return compiled.some((matches) => matches(lower));
  };
}

/** Whether a text has any character that means something in a glob. */
export function isGlob(pattern: string): boolean {
  return /[*?[\]{}\\]/.test(pattern);
}

function compileOne(pattern: string): Matcher {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
  if (!pattern.includes('/')) {
    const plain = compilePlain(pattern);
    if (plain) return (segments) => plain(segments.at(-1) ?? '');
    const tokens = tokenize(pattern);
    return (segments) => matchName(tokens, segments.at(-1) ?? '');
  }
  const steps = parts.map((part) => (part === '**' ? 'any' : tokenize(part)));
  return (segments) => matchPath(steps, segments);
}

/** What most patterns are (`name`, `*.end`, `begin*`) without looking at each sign: a folder may have very many names. */
function compilePlain(pattern: string): ((name: string) => boolean) | undefined {
  if (!isGlob(pattern)) return (name) => name === pattern;
  const [begin, end] = [pattern.slice(0, -1), pattern.slice(1)];
  if (pattern.startsWith('*') && !isGlob(end)) return (name) => name.endsWith(end);
  if (pattern.endsWith('*') && !isGlob(begin)) return (name) => name.startsWith(begin);
  return undefined;
}

type Token = { any: true } | { accepts: (char: string) => boolean };
type Step = 'any' | Token[];

/** Keeps every position that could have been reached, so no pattern makes this slower than steps × segments. */
function matchPath(steps: readonly Step[], segments: readonly string[]): boolean {
  let reached = new Set([0]);
  for (const step of steps) {
    const next = new Set<number>();
    for (const at of reached) {
      if (step === 'any') for (let to = at; to <= segments.length; to += 1) next.add(to);
      else if (at < segments.length && matchName(step, segments[at] ?? '')) next.add(at + 1);
    }
    reached = next;
  }
  return reached.has(segments.length);
}

/**
 * Matches greedily and returns to the last star alone: the time grows with the number of stars, never exponentially.
 */
function matchName(tokens: readonly Token[], name: string): boolean {
  const chars = Array.from(name);
  let token = 0;
  let char = 0;
  let star = -1;
  let resume = 0;
  while (char < chars.length) {
    const current = tokens[token];
    if (current && 'any' in current) {
      star = token;
      resume = char;
      token += 1;
    } else if (current?.accepts(chars[char] ?? '')) {
      token += 1;
      char += 1;
    } else if (star >= 0) {
      resume += 1;
      char = resume;
      token = star + 1;
    } else return false;
  }
  return tokens.slice(token).every((rest) => 'any' in rest);
}

function tokenize(part: string): Token[] {
  const chars = Array.from(part);
  const tokens: Token[] = [];
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at] ?? '';
    const close = char === '[' ? chars.indexOf(']', at + 2) : -1;
    if (char === '*') tokens.push({ any: true });
    else if (char === '?') tokens.push({ accepts: () => true });
    else if (close > 0) {
      tokens.push({ accepts: charClass(chars.slice(at + 1, close)) });
      at = close;
    } else if (char === '\\' && at + 1 < chars.length) {
      at += 1;
      tokens.push(literal(chars[at] ?? ''));
    } else tokens.push(literal(char));
  }
  return tokens;
}

function literal(char: string): Token {
  return { accepts: (other) => other === char };
}

function charClass(body: string[]): (char: string) => boolean {
  const negated = body[0] === '!' || body[0] === '^';
  const chars = negated ? body.slice(1) : body;
  const ranges: [string, string][] = [];
  for (let at = 0; at < chars.length; at += 1) {
    const from = chars[at] ?? '';
    const isRange = chars[at + 1] === '-' && at + 2 < chars.length;
    ranges.push([from, isRange ? (chars[at + 2] ?? from) : from]);
    if (isRange) at += 2;
  }
  return (char) => ranges.some(([from, to]) => char >= from && char <= to) !== negated;
}

/**
 * `a{b,c{d,e}}` → ab, acd, ace. Braces without a partner are ordinary characters. Undefined when there are too many.
 */
function unfoldBraces(pattern: string): string[] | undefined {
  const done: string[] = [];
  const open = [pattern];
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    const group = innermostGroup(text);
    if (!group) done.push(text);
    else for (const choice of group.choices) open.push(text.slice(0, group.from) + choice + text.slice(group.to));
    if (done.length + open.length > MAX_ALTERNATIVES) return undefined;
  }
  return done;
}

function innermostGroup(text: string): { from: number; to: number; choices: string[] } | undefined {
  const to = text.indexOf('}');
  const from = to < 0 ? -1 : text.lastIndexOf('{', to);
  if (from < 0) return undefined;
  return { from, to: to + 1, choices: text.slice(from + 1, to).split(',') };
}

/** Words of PromQL that are no metrics. */
const KEYWORDS = new Set(
  'by without on ignoring group_left group_right offset bool and or unless atan2 start end inf nan'.split(' '),
);

/** The names of the metrics in a query, as far as its words tell. */
export function metricsIn(query: string): string[] {
  const named = [...query.matchAll(/(?:__name__\s*=~?|\{)\s*(?:"([^"]*)"|'([^']*)')(?!\s*[=!"'])/g)].map(
    ([, a, b]) => a ?? b ?? '',
  );
  const bare = query
    .replaceAll(/#[^\n]*/g, ' ')
    .replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g, ' ')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/gi, ' ')
    .replaceAll(/\boffset\s+-?\s*\w+|@\s*[\d.]+/gi, ' ');
  const words = [...bare.matchAll(/(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g)].map(([word]) => word);
  return [...new Set([...named, ...words.filter((word) => !KEYWORDS.has(word.toLowerCase()))])].slice(0, 20);
}

/** True for a metric, perhaps with labels, and nothing that calculates: its samples are what there is. */
export function isSelector(query: string): boolean {
  if (/^\s*(?:nan|inf)\s*$/i.test(query)) return false; // numbers
  return /^\s*(?:[a-zA-Z_:][\w:]*\s*(?:\{(?:[^{}"'`]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\})?|\{(?:[^{}"'`]|"(?:[^"\\]|\\.)*")*\})\s*$/.test(
    query,
  );
}

/** Of these names those most like a word, the most alike first. */
export function likeIt(word: string, names: readonly string[], most: number): string[] {
  const wanted = partsOf(word);
  return names
    .map((name) => ({ name, score: alike(word.toLowerCase(), wanted, name.toLowerCase()) }))
    .filter(({ score }) => score > 0.3)
    .toSorted((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

/** From 0 to 1: how many parts of the names are the same, or how much one holds of the other. */
function alike(word: string, wanted: ReadonlySet<string>, name: string): number {
  const parts = partsOf(name);
  const same = [...wanted].filter((part) => parts.has(part)).length;
  const inside = word.length > 2 && (name.includes(word) || word.includes(name)) ? 0.5 : 0;
  const shared = same / Math.max(1, Math.max(wanted.size, parts.size));
  return Math.max(shared, inside + shared / 2, similar(word, name));
}

function partsOf(name: string): Set<string> {
  return new Set(
    name
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter(Boolean),
  );
}

/** Dice's coefficient over pairs of letters: finds slips of the pen. */
function similar(a: string, b: string): number {
  const pairs = (text: string) =>
    Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2));
  const [left, right] = [pairs(a), new Set(pairs(b))];
  const both = left.filter((pair) => right.has(pair)).length;
  const score = left.length + right.size === 0 ? 0 : (2 * both) / (left.length + right.size);
  return score > 0.6 ? score : 0;
}

/** Names that somebody may have meant with `word`: the nearest first, at most `count`. */
export function nearNames(word: string, names: readonly string[], count = 5): string[] {
  return names
    .map((name) => ({ name, likeness: likeness(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ likeness: value }) => value > 0.4)
    .toSorted((a, b) => b.likeness - a.likeness || a.name.length - b.name.length)
    .slice(0, count)
    .map(({ name }) => name);
}

/**
 * How alike the two are. 1 means that all pairs of letters of the word occur in the name, each as often. This finds
 * swapped, missing and wrong letters.
 */
function likeness(word: string, name: string): number {
  const there = pairs(name);
  const wanted = pairs(word);
  let found = 0;
  for (const pair of wanted) {
    const at = there.indexOf(pair);
    if (at === -1) continue;
    found += 1;
    there.splice(at, 1);
  }
  return wanted.length === 0 ? 0 : found / wanted.length;
}

function pairs(text: string): string[] {
  return Array.from({ length: Math.max(text.length - 1, 0) }, (_, at) => text.slice(at, at + 2));
}

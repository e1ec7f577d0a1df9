const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** How often a word of the query is looked for in its beginning only: `deploy` finds `deployment`, for half the weight. */
const beginning = 0.5;

/**
 * Ranks texts by the words of a query: words that few texts have count more, long texts less (BM25 with its usual
 * constants). A text without any of the words has no place. Words are found in every script that Unicode parts into
 * words; case, width and accents do not count, and no ending is cut off.
 */
export function rankByWords(query: string, texts: readonly string[]): { index: number; score: number }[] {
  const documents = texts.map(wordsOf);
  const average = documents.reduce((sum, { length }) => sum + length, 0) / Math.max(1, documents.length);
  const wanted = [...new Set(wordsOf(query))];
  const scores = documents.map(() => 0);
  for (const word of wanted) {
    const counts = documents.map((words) => countOf(word, words));
    const having = counts.filter((count) => count > 0).length;
    const rarity = Math.log(1 + (documents.length - having + 0.5) / (having + 0.5));
    for (const [index, count] of counts.entries()) {
      const length = (documents[index]?.length ?? 0) / Math.max(1, average);
      scores[index] = (scores[index] ?? 0) + (rarity * count * 2.2) / (count + 1.2 * (0.25 + 0.75 * length));
    }
  }
  return scores
    .map((score, index) => ({ index, score }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || a.index - b.index);
}

function countOf(word: string, words: readonly string[]): number {
  let count = 0;
  for (const each of words) {
    if (each === word) count += 1;
    else if (word.length >= 3 && each.startsWith(word)) count += beginning;
  }
  return count;
}

/** The words of a text, in one spelling. */
export function wordsOf(text: string): string[] {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').normalize('NFKC').toLowerCase();
  return [...segmenter.segment(plain)].flatMap(({ segment, isWordLike }) => (isWordLike === true ? [segment] : []));
}

import { setImmediate } from 'node:timers/promises';

const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/** How often a word of the query is looked for in its beginning only: `deploy` finds `deployment`, for half the weight. */
const beginning = 0.5;

/** Times that a word counts in one text; more of them add next to nothing to its points. */
const enough = 12;

/** Texts that are parted into words before others get their turn; that takes some milliseconds. */
const batch = 100;

/**
 * Ranks texts by the words of a query: words that few texts have count more, long texts less (BM25 with its usual
 * constants). A text without any of the words has no place. Words are found in every script that Unicode parts into
 * words; case, width and accents do not count, and no ending is cut off. Parting texts takes long, so only those are
 * parted that have the letters of a word, some at a time.
 */
export async function rankByWords(
  query: string,
  texts: readonly string[],
): Promise<{ index: number; score: number }[]> {
  const plain = texts.map(plainOf);
  const average = plain.reduce((sum, { length }) => sum + length, 0) / Math.max(1, plain.length);
  const wanted = [...new Set(wordsOf(query))];
  const counts = await countWords(wanted, plain);
  const having = wanted.map((_, word) => counts.filter(([, found]) => (found[word] ?? 0) > 0).length);
  const rarity = having.map((count) => Math.log(1 + (plain.length - count + 0.5) / (count + 0.5)));
  return counts
    .map(([index, found]) => {
      const length = (plain[index]?.length ?? 0) / Math.max(1, average);
      const points = found.map((count, word) => {
        return ((rarity[word] ?? 0) * count * 2.2) / (count + 1.2 * (0.25 + 0.75 * length));
      });
      return { index, score: points.reduce((sum, each) => sum + each, 0) };
    })
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || a.index - b.index);
}

/** How often each word is in each text that has its letters, by the text's index. */
async function countWords(wanted: readonly string[], plain: readonly string[]): Promise<[number, number[]][]> {
  const counts: [number, number[]][] = [];
  for (const [index, text] of plain.entries()) {
    if (!wanted.some((word) => text.includes(word))) continue;
    const segments = segmenter.segment(text);
    counts.push([index, wanted.map((word) => countOf(word, text, segments))]);
    if (counts.length % batch === 0) await setImmediate();
  }
  return counts;
}

function countOf(word: string, text: string, segments: Intl.Segments): number {
  let count = 0;
  for (let at = text.indexOf(word); at !== -1 && count < enough; at = text.indexOf(word, at + 1)) {
    const found = segments.containing(at);
    if (found?.index !== at) continue;
    if (found.segment === word) count += 1;
    else if (word.length >= 3 && found.segment.startsWith(word)) count += beginning;
  }
  return count;
}

/** The words of a text, in one spelling. */
function wordsOf(text: string): string[] {
  return partsOf(plainOf(text));
}

function plainOf(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').normalize('NFKC').toLowerCase();
}

function partsOf(plain: string): string[] {
  return [...segmenter.segment(plain)].flatMap(({ segment, isWordLike }) => (isWordLike === true ? [segment] : []));
}

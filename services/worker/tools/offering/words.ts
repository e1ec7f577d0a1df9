/** Scripts that are written without blanks between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+/gu;
const words = /[\p{L}\p{M}]+|\p{N}+/gu;
const humps = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})/gu;

let segmenter: Intl.Segmenter | undefined;

/**
 * The words of a text in any language, each once: in lower case and without accents. Names such as `list_tables` and
 * `listTables` are taken apart. Letters that stand alone are left out, where a letter is not a word.
 */
export function wordsOf(text: string): Set<string> {
  const found = new Set<string>();
  const rest = text.replaceAll(unspaced, (run) => {
    for (const { segment } of segments(run)) found.add(segment);
    return ' ';
  });
  for (const [word] of rest.replaceAll(humps, ' ').matchAll(words)) {
    const plain = word.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
    if (plain.length > 1) found.add(plain);
  }
  return found;
}

function segments(run: string): Iterable<{ segment: string }> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' });
  return segmenter.segment(run);
}

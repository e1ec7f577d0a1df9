const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The text cut to `max` visible characters, the last of which is an ellipsis; unchanged when it fits. */
export function cutTo(text: string, max: number): string {
  if (text.length <= max) return text;
  const found: string[] = [];
  for (const { segment } of graphemes.segment(text)) {
    found.push(segment);
    if (found.length > max) return `${found.slice(0, max - 1).join('')}…`;
  }
  return text;
}

import { displayWidth } from '#shared/tables/width.ts';

/**
 * Breaks lines between words, so that none is wider than `columns`. A word that is wider than a line stays whole: the
 * terminal breaks it, and it can still be copied. Spaces at the beginning of a line are kept.
 */
export function wrapText(text: string, columns: number): string {
  if (!Number.isFinite(columns)) return text;
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, Math.max(columns, 20)))
    .join('\n');
}

function wrapLine(line: string, columns: number): string[] {
  if (displayWidth(line) <= columns) return [line];
  const [, indent = '', rest = ''] = /^( *)(.*)$/.exec(line) ?? [];
  const lines: string[] = [];
  let current = indent;
  for (const word of rest.split(' ')) {
    const joined = current.trim() === '' ? current + word : `${current} ${word}`;
    if (displayWidth(joined) <= columns || current.trim() === '') current = joined;
    else {
      lines.push(current);
      current = indent + word;
    }
  }
  return [...lines, current];
}

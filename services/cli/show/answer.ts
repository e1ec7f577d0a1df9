import { processEnvironment } from '#shared/ground/config.ts';
import { showsColours } from '#shared/ground/paint.ts';
import type { Output } from '../terminal.ts';
import { printable } from '../text.ts';
import { renderMarkdown } from './markdown.ts';

/** A whole answer: drawn for a person at a terminal, as it is for a program. */
export function renderAnswer(text: string, output: Pick<Output, 'isTTY' | 'columns'>): string {
  if (!output.isTTY) return `${printable(text)}\n`;
  const colour = showsColours(processEnvironment(), true);
  return `${renderMarkdown(text, { colour, columns: output.columns })}\n`;
}

import { paint } from '#shared/ground/paint.ts';
import type { Reply } from '#shared/run/answer-question.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import type { LineReader } from './line-reader.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './text.ts';

/**
 * Asks the person at the terminal what the model wants to know; a number means one of its choices. Without a terminal
 * nobody can be asked. Undefined (the question stays open) when `signal` aborts or the input ends first.
 */
export async function askBack(
  terminal: Terminal,
  reader: LineReader,
  { text, choices = [] }: EntryOf<'question.asked'>,
  by: string,
  signal: AbortSignal,
): Promise<Reply | undefined> {
  const { err, input } = terminal;
  const listed = choices.map((choice, index) => `    ${index + 1}. ${printable(choice)}\n`).join('');
  err.write(`${paint.yellow('?')} ${printable(text)}\n${listed}`);
  if (!input.isTTY || input.destroyed) {
    err.write(`${paint.yellow('!')} Not answered: there is no terminal to ask at.\n`);
    return { none: 'unasked' };
  }
  const prompt = choices.length > 0 ? 'A number, or your own words: ' : 'Your answer: ';
  for (;;) {
    const line = (await reader.read(prompt, signal))?.trim();
    if (line === undefined) return undefined;
    if (line === '') continue;
    const chosen = /^\d+$/.test(line) ? choices[Number(line) - 1] : undefined;
    return { by, text: chosen ?? line };
  }
}

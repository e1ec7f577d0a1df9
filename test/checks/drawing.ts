import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describeTransitions, drawTransitions } from '#shared/run/transitions.ts';

const begin = '<!-- drawn from shared/run/transitions.ts by npm run generate -->';
const end = '<!-- end of drawing -->';

const file = 'ARCHITECTURE.md';

/** ARCHITECTURE.md as it is, and with the table of what can happen to a run as the code has it. */
export function drawnFile(root: string): { file: string; is: string; should: string } {
  const is = readFileSync(path.join(root, file), 'utf8');
  return { file, is, should: withDrawing(is) };
}

function withDrawing(text: string): string {
  const [before, rest] = text.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined) throw new Error(`ARCHITECTURE.md lacks the line ${begin}`);
  return `${before}${begin}\n\n${drawTransitions()}\n\n${describeTransitions()}\n\n${end}${after}`;
}

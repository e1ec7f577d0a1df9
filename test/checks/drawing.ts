import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { drawArguments } from '#test/scripts.ts';
import { describeTransitions, drawTransitions } from '#shared/run/transitions.ts';

const begin = '<!-- drawn from shared/run/transitions.ts by npm run draw -->';
const end = '<!-- end of drawing -->';

/** Complains when ARCHITECTURE.md does not show the table of what can happen to a run as the code has it. */
export function checkDrawing(root: string): string[] {
  const file = path.join(root, 'ARCHITECTURE.md');
  const text = readFileSync(file, 'utf8');
  return withDrawing(text) === text ? [] : ['ARCHITECTURE.md: the picture of a run is stale; run npm run draw'];
}

function withDrawing(text: string): string {
  const [before, rest] = text.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined) throw new Error(`ARCHITECTURE.md lacks the line ${begin}`);
  return `${before}${begin}\n\n${drawTransitions()}\n\n${describeTransitions()}\n\n${end}${after}`;
}

if (import.meta.main && drawArguments.read(process.argv.slice(2))) {
  const file = path.resolve(import.meta.dirname, '../../ARCHITECTURE.md');
  writeFileSync(file, withDrawing(readFileSync(file, 'utf8')));
}

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { drawArguments } from '#test/scripts.ts';
import { describeTransitions, drawTransitions } from '#shared/run/transitions.ts';
import { drawRooms } from './rooms.ts';

interface Picture {
  begin: string;
  draw: () => string;
}

const pictures: Picture[] = [
  {
    begin: '<!-- drawn from shared/run/transitions.ts by npm run draw -->',
    draw: () => `${drawTransitions()}\n\n${describeTransitions()}`,
  },
  { begin: '<!-- drawn from test/checks/rooms.ts by npm run draw -->', draw: drawRooms },
];
const end = '<!-- end of drawing -->';

/** Complains when a picture of ARCHITECTURE.md is not what the code has. */
export function checkDrawing(root: string): string[] {
  const file = path.join(root, 'ARCHITECTURE.md');
  const text = readFileSync(file, 'utf8');
  return withDrawings(text) === text ? [] : ['ARCHITECTURE.md: a picture is stale; run npm run draw'];
}

function withDrawings(text: string): string {
  return pictures.reduce((page, { begin, draw }) => {
    const at = page.indexOf(begin);
    const until = page.indexOf(end, at);
    if (at === -1 || until === -1)
      throw new Error(`ARCHITECTURE.md lacks the line ${begin}, or the end of that drawing`);
    return `${page.slice(0, at)}${begin}\n\n${draw()}\n\n${page.slice(until)}`;
  }, text);
}

if (import.meta.main && drawArguments.read(process.argv.slice(2))) {
  const file = path.resolve(import.meta.dirname, '../../ARCHITECTURE.md');
  writeFileSync(file, withDrawings(readFileSync(file, 'utf8')));
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describeTransitions, drawTransitions } from '#shared/run/transitions.ts';
import { drawRooms } from './rooms.ts';

interface Picture {
  begin: string;
  draw: () => string;
}

const pictures: Picture[] = [
  {
    begin: '<!-- drawn from shared/run/transitions.ts by npm run generate -->',
    draw: () => `${drawTransitions()}\n\n${describeTransitions()}`,
  },
  { begin: '<!-- drawn from test/checks/rooms.ts by npm run generate -->', draw: drawRooms },
];
const end = '<!-- end of drawing -->';

const file = 'ARCHITECTURE.md';

/** ARCHITECTURE.md as it is, and as it should be with pictures that follow the code. */
export function drawnFile(root: string): { file: string; is: string; should: string } {
  const is = readFileSync(path.join(root, file), 'utf8');
  return { file, is, should: withDrawings(is) };
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

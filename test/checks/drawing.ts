import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describeTransitions, drawTransitions } from '#shared/run/transitions.ts';
import { drawMatrix } from '#test/clients/draw-matrix.ts';
import { drawRooms } from './rooms.ts';

interface Picture {
  file: string;
  begin: string;
  draw: () => string;
}

const pictures: Picture[] = [
  {
    file: 'ARCHITECTURE.md',
    begin: '<!-- drawn from shared/run/transitions.ts by npm run generate -->',
    draw: () => `${drawTransitions()}\n\n${describeTransitions()}`,
  },
  {
    file: 'ARCHITECTURE.md',
    begin: '<!-- drawn from test/checks/rooms.ts by npm run generate -->',
    draw: drawRooms,
  },
  {
    file: 'docs/clients.md',
    begin: '<!-- drawn from test/clients/matrix.ts by npm run generate -->',
    draw: drawMatrix,
  },
];
const end = '<!-- end of drawing -->';

/** Each page with drawings: as it is, and as it should be, with drawings that follow the code. */
export function drawnFiles(root: string): { file: string; is: string; should: string }[] {
  return [...new Set(pictures.map(({ file }) => file))].map((file) => {
    const is = readFileSync(path.join(root, file), 'utf8');
    return { file, is, should: withDrawings(file, is) };
  });
}

function withDrawings(file: string, text: string): string {
  return pictures.reduce((page, picture) => {
    if (picture.file !== file) return page;
    const { begin, draw } = picture;
    const at = page.indexOf(begin);
    const until = page.indexOf(end, at);
    if (at === -1 || until === -1) throw new Error(`${file} lacks the line ${begin}, or the end of that drawing`);
    return `${page.slice(0, at)}${begin}\n\n${draw()}\n\n${page.slice(until)}`;
  }, text);
}

import { sizeIn } from '#services/ingress/language/amounts.ts';
import type { Say } from '#services/ingress/language/say.ts';
import { canWrite } from '#shared/picture/font.ts';
import { drawTable, MOST_ROWS } from '#shared/picture/table.ts';
import { isNumeric, type Grid } from '#shared/tables/grid.ts';
import { REDACTED } from '../links.ts';
import { chartOf } from './series.ts';
import type { Table } from './table.ts';

/** A picture that goes with a table; `draw` makes nothing where there is nothing to draw. */
export interface TablePicture {
  name: string;
  draw: () => Buffer | undefined;
}

/** The chart of a series. `before`: how many pictures come before it. */
export function chartPicture(say: Say, grid: Grid, before: number): TablePicture {
  return once(before === 0 ? 'chart.png' : `chart-${before + 1}.png`, () => chartOf(say, plainGrid(say, grid)));
}

/** The first rows of a table with its columns side by side. */
export function tablePicture(say: Say, name: string, { align }: Table, grid: Grid): TablePicture {
  const { header, rows } = plainGrid(say, grid);
  const right = header.map((_, at) => (align[at] ?? (isNumeric(grid, at) ? 'right' : 'left')) === 'right');
  const all = sizeIn(say, { count: rows.length, of: 'rows' });
  const told = rows.length > MOST_ROWS ? `${all}, ${say('table.shown', { number: MOST_ROWS })}` : all;
  // The picture's letters may lack those of the language.
  const foot = canWrite(told) ? told : String(rows.length);
  return once(name, () => drawTable({ header, rows, right, foot }));
}

function plainGrid(say: Say, { header, rows }: Grid): { header: string[]; rows: string[][] } {
  const plain = (cell: string): string => cell.replaceAll(REDACTED, say('text.secret')).replaceAll(/\p{Cf}/gu, '');
  return { header: header.map(plain), rows: rows.map((row) => row.map(plain)) };
}

/** An answer is rendered many times, and its pictures stay the same. */
function once(name: string, draw: () => Buffer | undefined): TablePicture {
  let drawn: { picture: Buffer | undefined } | undefined;
  return { name, draw: () => (drawn ??= { picture: draw() }).picture };
}

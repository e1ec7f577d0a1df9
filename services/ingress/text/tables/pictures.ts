import { drawTable, MOST_ROWS } from '#shared/picture/table.ts';
import { isNumeric, type Grid } from '#shared/tables/grid.ts';
import { REDACTED, SECRET_REMOVED } from '../links.ts';
import { chartOf } from './series.ts';
import type { Table } from './table.ts';

/** A picture that goes with a table; `draw` makes nothing where there is nothing to draw. */
export interface TablePicture {
  name: string;
  draw: () => Buffer | undefined;
}

/** The chart of a series. `before`: how many pictures come before it. */
export function chartPicture(grid: Grid, before: number): TablePicture {
  return once(before === 0 ? 'chart.png' : `chart-${before + 1}.png`, () => chartOf(plainGrid(grid)));
}

/** The first rows of a table with its columns side by side. */
export function tablePicture(name: string, { align }: Table, grid: Grid): TablePicture {
  const { header, rows } = plainGrid(grid);
  const right = header.map((_, at) => (align[at] ?? (isNumeric(grid, at) ? 'right' : 'left')) === 'right');
  const foot = `${rows.length} rows${rows.length > MOST_ROWS ? `, the first ${MOST_ROWS} shown` : ''}`;
  return once(name, () => drawTable({ header, rows, right, foot }));
}

function plainGrid({ header, rows }: Grid): { header: string[]; rows: string[][] } {
  const plain = (cell: string): string => cell.replaceAll(REDACTED, SECRET_REMOVED).replaceAll(/\p{Cf}/gu, '');
  return { header: header.map(plain), rows: rows.map((row) => row.map(plain)) };
}

/** An answer is rendered many times, and its pictures stay the same. */
function once(name: string, draw: () => Buffer | undefined): TablePicture {
  let drawn: { picture: Buffer | undefined } | undefined;
  return { name, draw: () => (drawn ??= { picture: draw() }).picture };
}

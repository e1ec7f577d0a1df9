import { box, createCanvas, fitted, frame, TEXT_HEIGHT, textWidth, write } from './canvas.ts';
import { FRAME, GROUND, WORDS } from './colours.ts';
import { canWrite } from './font.ts';
import { encodePng } from './png.ts';

/** A table whose cells are one-line texts. Rows are as long as the header. */
export interface PicturedTable {
  header: readonly string[];
  rows: readonly (readonly string[])[];
  /** Columns that stand to the right. */
  right: readonly boolean[];
  /** The line below, such as how many rows there are. */
  foot: string;
}

/** Beyond these a picture cannot be read on a phone even when it is made larger. */
export const MOST_ROWS = 30;
const MOST_WIDTH = 1_600;
const MOST_CELL = 30;

const PAD = 14;
/** Between columns. */
const GAP = 24;
const LINE = TEXT_HEIGHT + 14;
const HEAD = [46, 52, 64] as const;
const STRIPE = [38, 43, 52] as const;
const BRIGHT = [255, 255, 255] as const;

/** The first rows of a table side by side, as a PNG; undefined where nothing or not every sign of it can be drawn. */
export function drawTable({ header, rows, right, foot }: PicturedTable): Buffer | undefined {
  const shown = rows.slice(0, MOST_ROWS);
  if (shown.length === 0 || ![header, ...shown].every((row) => row.every(canWrite))) return undefined;
  const sign = textWidth('x');
  const widths = header.map(
    (heading, at) => sign * Math.min(MOST_CELL, Math.max(3, ...[heading, ...shown.map((row) => row[at]!)].map(length))),
  );
  const kept = columnsThatFit(widths);
  const hidden = header.length - kept;
  const below = [foot, hidden > 0 ? `${hidden} more columns` : ''].filter(Boolean).join(', ');
  const inner = widths.slice(0, kept).reduce((sum, width) => sum + width + GAP, PAD * 2 - GAP);
  const width = Math.max(inner, Math.min(MOST_WIDTH, textWidth(below) + PAD * 2));
  const height = LINE * (shown.length + 2) + PAD / 2;
  const canvas = createCanvas(width, height, GROUND);
  box(canvas, [0, 0, width, LINE], HEAD);
  for (const [at, row] of [header, ...shown].entries()) {
    if (at > 0 && at % 2 === 0) box(canvas, [0, at * LINE, width, LINE], STRIPE);
    let x = PAD;
    for (const [column, room] of widths.slice(0, kept).entries()) {
      const text = fitted(row[column]!, room);
      const gap = right[column] ? room - textWidth(text) : 0;
      write(canvas, x + gap, at * LINE + (LINE - TEXT_HEIGHT) / 2, text, at === 0 ? BRIGHT : WORDS);
      x += room + GAP;
    }
  }
  box(canvas, [0, LINE - 1, width, 1], FRAME);
  const footAt = LINE * (shown.length + 1) + (LINE - TEXT_HEIGHT) / 2;
  write(canvas, PAD, footAt, fitted(below, width - PAD * 2), FRAME);
  frame(canvas, FRAME);
  return encodePng(canvas);
}

function length(text: string): number {
  return textWidth(text) / textWidth('x');
}

function columnsThatFit(widths: readonly number[]): number {
  let room = MOST_WIDTH - PAD;
  for (const [at, width] of widths.entries()) {
    room -= width + GAP;
    if (room < 0) return Math.max(1, at);
  }
  return widths.length;
}

import {
  box,
  createCanvas,
  dot,
  fitted,
  frame,
  line,
  TEXT_HEIGHT,
  textWidth,
  write,
  type Canvas,
  type Colour,
} from './canvas.ts';
import { FRAME, GRID, GROUND, WORDS } from './colours.ts';
import { encodePng } from './png.ts';

/** The values of one stretch of time; `null` where there are none. */
export interface Stretch {
  /** Seconds since 1970. */
  time: number;
  min: number;
  avg: number;
  max: number;
}

export interface Line {
  label: string;
  stretches: readonly Stretch[];
}

/** What stands below a place. */
export interface Mark {
  time: number;
  label: string;
}

export interface ChartOptions {
  title: string;
  /** A value with its unit. */
  format: (value: number) => string;
  /** Seconds since 1970; any other measure where `marks` say what its places are called. */
  start: number;
  end: number;
  /** What stands below some of the places, the first and the last among them; times in UTC at both ends where it is absent. */
  marks?: readonly Mark[];
}

/** About as wide as Discord shows a picture at a desk, so that words are no smaller than they are drawn. */
const WIDTH = 600;
const HEIGHT = 330;
/** Names of lines beside each other in the legend. */
const LEGEND_COLUMNS = 2;

/** Told apart also by people who see few colours: their brightness differs too (after Okabe and Ito). */
const COLOURS: readonly Colour[] = [
  [86, 180, 233],
  [240, 228, 66],
  [230, 120, 40],
  [90, 210, 150],
  [214, 140, 190],
  [200, 204, 210],
];

/** Lines beyond these make a picture that nobody can read. */
export const MOST_LINES = COLOURS.length;

/** Lines of the grid, besides the lowest: as many as come nearest to the values. */
const ROWS = [4, 5, 6];
const PAD = 12;
/** A stretch without values for longer than this many usual steps is a gap in the line. */
const GAP_STEPS = 2.5;

/** A picture of some lines over time, as a PNG; undefined where no line has two values. */
export function drawChart(lines: readonly Line[], options: ChartOptions): Buffer | undefined {
  const drawn = lines.slice(0, MOST_LINES).map((each) => ({
    ...each,
    stretches: each.stretches.filter(({ min, avg, max }) => [min, avg, max].every(Number.isFinite)),
  }));
  if (!drawn.some(({ stretches }) => stretches.length > 1)) return undefined;
  const canvas = createCanvas(WIDTH, HEIGHT, GROUND);
  const scale = scaleOf(drawn, options);
  drawGround(canvas, scale, options);
  for (const [at, each] of drawn.entries()) drawLine(canvas, each, scale, COLOURS[at]!);
  drawLegend(canvas, drawn, lines.length - drawn.length);
  return encodePng(canvas);
}

interface Scale {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** The values of the grid's lines, in order. */
  grid: readonly number[];
  x(time: number): number;
  y(value: number): number;
}

function scaleOf(lines: readonly Line[], { format, start, end }: ChartOptions): Scale {
  let [low, high] = [Infinity, -Infinity];
  for (const { stretches } of lines)
    for (const { min, max } of stretches) [low, high] = [Math.min(low, min), Math.max(high, max)];
  // Counts, sizes and rates are seen against nothing at all, unless what they do would then not be seen.
  if (low > 0 && low < high / 2) low = 0;
  const margin = (high - low) / 20 || Math.abs(high) / 10 || 1;
  const grid = gridOf(low === 0 ? 0 : low - margin, high + margin);
  [low, high] = [grid[0]!, grid.at(-1)!];
  const widest = Math.max(...grid.map((value) => textWidth(format(value))));
  const [left, right] = [PAD * 2 + Math.min(widest, WIDTH / 3), WIDTH - PAD * 2];
  const [top, bottom] = [PAD * 2 + TEXT_HEIGHT, HEIGHT - PAD * 3 - TEXT_HEIGHT - legendHeight(lines.length)];
  return {
    left,
    right,
    top,
    bottom,
    grid,
    x: (time) => left + ((time - start) / (end - start || 1)) * (right - left),
    y: (value) => bottom - ((value - low) / (high - low || 1)) * (bottom - top),
  };
}

/** Round values for the lines of the grid, which reach from below the least to above the largest and as little further as can be. */
function gridOf(low: number, high: number): number[] {
  const found = ROWS.flatMap((rows) => evenly(low, high, rows) ?? []);
  const [best] = found.toSorted((a, b) => a.step * a.rows - b.step * b.rows || a.rows - b.rows);
  const { from, step, rows } = best ?? { from: low, step: (high - low) / ROWS[0]!, rows: ROWS[0]! };
  return Array.from({ length: rows + 1 }, (_, row) => from + step * row);
}

function evenly(low: number, high: number, rows: number): { from: number; step: number; rows: number } | undefined {
  for (let least = (high - low) / rows; Number.isFinite(least * rows) && least > 0;) {
    const power = 10 ** Math.floor(Math.log10(least));
    const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= least);
    if (step === undefined || !(step > 0)) return undefined;
    const from = Math.floor(low / step) * step;
    const to = from + step * rows;
    if (to >= high && Number.isFinite(to - from)) return { from, step, rows };
    least = step * 1.01;
  }
  return undefined;
}

function drawGround(canvas: Canvas, scale: Scale, options: ChartOptions): void {
  const { title, format } = options;
  const { left, right, top, bottom, grid } = scale;
  for (const value of grid) {
    const y = Math.round(scale.y(value));
    box(canvas, [left, y, right - left, 1], GRID);
    const label = fitted(format(value), left - PAD);
    write(canvas, left - PAD / 2 - textWidth(label), y - TEXT_HEIGHT / 2, label, WORDS);
  }
  write(canvas, PAD, PAD - 2, fitted(title, WIDTH - PAD * 2), WORDS);
  drawMarks(canvas, scale, options);
  for (const edge of [
    [left, bottom, right - left, 1],
    [left, top, 1, bottom - top],
  ])
    box(canvas, edge, FRAME);
  frame(canvas, FRAME);
}

/** Names of places below the line: those of both ends, and between them as many as there is room for. */
function drawMarks(canvas: Canvas, scale: Scale, { start, end, marks }: ChartOptions): void {
  const { left, right, bottom } = scale;
  const ends = [start, end].map((time) => ({ time, label: clock(time, end - start) }));
  const [first, ...others] = marks ?? ends;
  const last = others.pop();
  let free = left;
  let until = right;
  const put = ({ time, label }: Mark, room: number): void => {
    const shown = fitted(label, room);
    const width = textWidth(shown);
    const x = Math.round(Math.min(right - width, Math.max(left, scale.x(time) - width / 2)));
    if (x < free || x + width > until) return;
    write(canvas, x, bottom + PAD / 2, shown, WORDS);
    box(canvas, [Math.round(scale.x(time)), bottom, 1, PAD / 3], FRAME);
    if (time === last?.time) until = x - PAD;
    else free = x + width + PAD;
  };
  const half = (right - left) / 2 - PAD;
  if (last !== undefined) put(last, half);
  if (first !== undefined) put(first, half);
  for (const mark of others) if (mark.label !== '') put(mark, half / 2);
}

/** A line of averages, with what lies between least and most behind it. */
function drawLine(canvas: Canvas, { stretches }: Line, scale: Scale, colour: Colour): void {
  const usual = usualStep(stretches);
  for (const [at, stretch] of stretches.entries()) {
    const x = Math.round(scale.x(stretch.time));
    const [top, bottom] = [Math.round(scale.y(stretch.max)), Math.round(scale.y(stretch.min))];
    if (bottom - top > 1) box(canvas, [x - 1, top, 3, bottom - top], colour, 0.35);
    const before = stretches[at - 1];
    const here = [scale.x(stretch.time), scale.y(stretch.avg)] as const;
    if (before !== undefined && stretch.time - before.time <= usual * GAP_STEPS)
      line(canvas, [scale.x(before.time), scale.y(before.avg)], here, colour);
    else dot(canvas, x, Math.round(here[1]), colour);
  }
}

function usualStep(stretches: readonly Stretch[]): number {
  const steps = stretches.slice(1).map(({ time }, at) => time - stretches[at]!.time);
  return steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? Infinity;
}

function legendHeight(lines: number): number {
  return Math.ceil(lines / LEGEND_COLUMNS) * (TEXT_HEIGHT + 4);
}

function drawLegend(canvas: Canvas, lines: readonly Line[], more: number): void {
  const top = HEIGHT - PAD + 4 - legendHeight(lines.length);
  const rest = more > 0 ? `+${more} more` : '';
  const room = (WIDTH - PAD * 2 - textWidth(rest)) / Math.min(lines.length, LEGEND_COLUMNS);
  for (const [at, { label }] of lines.entries()) {
    const x = PAD + (at % LEGEND_COLUMNS) * room;
    const y = top + Math.floor(at / LEGEND_COLUMNS) * (TEXT_HEIGHT + 4);
    box(canvas, [Math.round(x), y + 2, PAD - 2, PAD - 2], COLOURS[at]!);
    write(canvas, Math.round(x) + PAD + 4, y, fitted(label, room - PAD * 2), WORDS);
  }
  write(canvas, WIDTH - PAD - textWidth(rest), HEIGHT - PAD - TEXT_HEIGHT, rest, WORDS);
}

const DAY_S = 86_400;

/** A time in UTC, as exact as the length of the whole asks for. */
function clock(seconds: number, length: number): string {
  const iso = new Date(seconds * 1000).toISOString();
  if (length > DAY_S * 3) return iso.slice(0, 10);
  return length > DAY_S ? `${iso.slice(5, 16).replace('T', ' ')} UTC` : `${iso.slice(11, 19)} UTC`;
}

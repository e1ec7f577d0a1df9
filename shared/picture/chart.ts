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

export interface ChartOptions {
  title: string;
  /** A value with its unit. */
  format: (value: number) => string;
  /** Seconds since 1970; any other measure where `ends` says what its ends are called. */
  start: number;
  end: number;
  /** What stands below the beginning and the end; the times in UTC where it is absent. */
  ends?: readonly [string, string];
}

const WIDTH = 800;
const HEIGHT = 340;

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

const ROWS = 4;
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
  low: number;
  high: number;
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
  [low, high] = rounded(low === 0 ? 0 : low - margin, high + margin);
  const widest = Math.max(...ticks(low, high).map((value) => textWidth(format(value))));
  const [left, right] = [PAD * 2 + Math.min(widest, WIDTH / 3), WIDTH - PAD * 2];
  const [top, bottom] = [PAD * 2 + TEXT_HEIGHT, HEIGHT - PAD * 3 - TEXT_HEIGHT * 2];
  return {
    left,
    right,
    top,
    bottom,
    low,
    high,
    x: (time) => left + ((time - start) / (end - start || 1)) * (right - left),
    y: (value) => bottom - ((value - low) / (high - low || 1)) * (bottom - top),
  };
}

/** The ends moved outward so that the lines between them stand at round values. */
function rounded(low: number, high: number): [low: number, high: number] {
  for (let least = (high - low) / ROWS; Number.isFinite(least * ROWS) && least > 0;) {
    const power = 10 ** Math.floor(Math.log10(least));
    const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= least);
    if (step === undefined || !(step > 0)) break;
    const from = Math.floor(low / step) * step;
    const to = from + step * ROWS;
    if (to >= high && Number.isFinite(to - from)) return [from, to];
    least = step * 1.01;
  }
  return [low, high];
}

function ticks(low: number, high: number): number[] {
  return Array.from({ length: ROWS + 1 }, (_, row) => low + ((high - low) * row) / ROWS);
}

function drawGround(canvas: Canvas, scale: Scale, { title, format, start, end, ends }: ChartOptions): void {
  const { left, right, top, bottom, low, high } = scale;
  for (const value of ticks(low, high)) {
    const y = Math.round(scale.y(value));
    box(canvas, [left, y, right - left, 1], GRID);
    const label = fitted(format(value), left - PAD);
    write(canvas, left - PAD / 2 - textWidth(label), y - TEXT_HEIGHT / 2, label, WORDS);
  }
  write(canvas, PAD, PAD - 2, fitted(title, WIDTH - PAD * 2), WORDS);
  const [first, last] = ends ?? [clock(start, end - start), clock(end, end - start)];
  write(canvas, left, bottom + PAD / 2, fitted(first, (right - left) / 2 - PAD), WORDS);
  const shown = fitted(last, (right - left) / 2 - PAD);
  write(canvas, right - textWidth(shown), bottom + PAD / 2, shown, WORDS);
  for (const edge of [
    [left, bottom, right - left, 1],
    [left, top, 1, bottom - top],
  ])
    box(canvas, edge, FRAME);
  frame(canvas, FRAME);
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

function drawLegend(canvas: Canvas, lines: readonly Line[], more: number): void {
  const y = HEIGHT - PAD - TEXT_HEIGHT;
  const rest = more > 0 ? `+${more} more` : '';
  const room = (WIDTH - PAD * 2 - textWidth(rest)) / lines.length - PAD * 2;
  let x = PAD;
  for (const [at, { label }] of lines.entries()) {
    const shown = fitted(label, room);
    box(canvas, [x, y + 2, PAD - 2, PAD - 2], COLOURS[at]!);
    write(canvas, x + PAD + 4, y, shown, WORDS);
    x += PAD * 2 + 8 + textWidth(shown);
  }
  write(canvas, WIDTH - PAD - textWidth(rest), y, rest, WORDS);
}

const DAY_S = 86_400;

/** A time in UTC, as exact as the length of the whole asks for. */
function clock(seconds: number, length: number): string {
  const iso = new Date(seconds * 1000).toISOString();
  if (length > DAY_S * 3) return iso.slice(0, 10);
  return length > DAY_S ? `${iso.slice(5, 16).replace('T', ' ')} UTC` : `${iso.slice(11, 19)} UTC`;
}

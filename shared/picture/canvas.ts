import { accentsOf, columnsOf, plainSigns, SIGN_HEIGHT, SIGN_WIDTH } from './font.ts';

export type Colour = readonly [red: number, green: number, blue: number];

/** A picture of red, green and blue bytes, row by row. */
export interface Canvas {
  width: number;
  height: number;
  pixels: Buffer;
}

export function createCanvas(width: number, height: number, ground: Colour): Canvas {
  const pixels = Buffer.alloc(width * height * 3, Buffer.from(ground));
  return { width, height, pixels };
}

/** Lays a colour over a dot, `cover` of it (0 to 1). Dots outside of the picture are left out. */
export function dot({ width, height, pixels }: Canvas, x: number, y: number, colour: Colour, cover = 1): void {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  const at = (y * width + x) * 3;
  for (let part = 0; part < 3; part += 1) {
    const under = pixels[at + part]!;
    pixels[at + part] = Math.round(under + (colour[part]! - under) * cover);
  }
}

export function box(canvas: Canvas, [x, y, width, height]: readonly number[], colour: Colour, cover = 1): void {
  for (let row = y!; row < y! + height!; row += 1)
    for (let column = x!; column < x! + width!; column += 1) dot(canvas, column, row, colour, cover);
}

/** A line about two dots thick with smooth edges: each dot near it is covered by how near it is. */
export function line(
  canvas: Canvas,
  from: readonly [x: number, y: number],
  to: readonly [x: number, y: number],
  colour: Colour,
): void {
  const reach = 2;
  const [left, right] = [Math.floor(Math.min(from[0], to[0])) - reach, Math.ceil(Math.max(from[0], to[0])) + reach];
  const [top, bottom] = [Math.floor(Math.min(from[1], to[1])) - reach, Math.ceil(Math.max(from[1], to[1])) + reach];
  for (let y = top; y <= bottom; y += 1)
    for (let x = left; x <= right; x += 1) {
      const cover = 1.6 - distance(x, y, from, to);
      if (cover > 0) dot(canvas, x, y, colour, Math.min(1, cover));
    }
}

function distance(x: number, y: number, [fromX, fromY]: readonly number[], [toX, toY]: readonly number[]): number {
  const [dx, dy] = [toX! - fromX!, toY! - fromY!];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - fromX!) * dx + (y - fromY!) * dy) / length));
  return Math.hypot(x - fromX! - along * dx, y - fromY! - along * dy);
}

/** Dots between two signs, before they are made larger. */
const GAP = 1;
const SCALE = 2;

export const TEXT_HEIGHT = SIGN_HEIGHT * SCALE;

export function textWidth(text: string): number {
  return plainSigns(text).length * (SIGN_WIDTH + GAP) * SCALE;
}

export function write(canvas: Canvas, x: number, y: number, text: string, colour: Colour): void {
  let left = x;
  const put = (column: number, row: number): void =>
    box(canvas, [left + column * SCALE, y + row * SCALE, SCALE, SCALE], colour);
  for (const sign of plainSigns(text)) {
    for (const [column, bits] of columnsOf(sign).entries())
      for (let row = 0; row <= SIGN_HEIGHT; row += 1) if ((bits >> row) & 1) put(column, row);
    for (const [column, row] of accentsOf(sign)) put(column, row);
    left += (SIGN_WIDTH + GAP) * SCALE;
  }
}

/** As much of a text as there is room for. */
export function fitted(text: string, width: number): string {
  const most = Math.max(1, Math.floor(width / textWidth('x')));
  const signs = plainSigns(text);
  return signs.length <= most ? text : `${signs.slice(0, Math.max(1, most - 2)).join('')}..`;
}

/** Draws a line around the picture. */
export function frame(canvas: Canvas, colour: Colour): void {
  const { width, height } = canvas;
  for (const edge of [
    [0, 0, width, 2],
    [0, height - 2, width, 2],
    [0, 0, 2, height],
    [width - 2, 0, 2, height],
  ])
    box(canvas, edge, colour);
}

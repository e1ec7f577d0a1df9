import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MAX_COLOURS = 256;
const TOLD_APART = 150;

interface Picture {
  width: number;
  height: number;
  /** One number for each pixel: red, green and blue in its lower 24 bits. */
  pixels: Uint32Array;
}

/**
 * The same picture with a palette of 256 colours: frequent ones that can be told apart, and for each other one the nearest of them.
 * Takes what Chromium's screenshots are: 8 bits a channel, RGB or RGBA, not interlaced.
 */
export function withPalette(png: Buffer): Buffer {
  const picture = decode(png);
  const counts = new Map<number, number>();
  for (const colour of picture.pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const byCount = [...counts].toSorted(([, a], [, b]) => b - a).map(([colour]) => colour);
  const palette = paletteOf(byCount);
  const places = new Map(byCount.map((colour) => [colour, nearest(palette, colour)]));
  const rows = Buffer.alloc((picture.width + 1) * picture.height);
  for (let at = 0; at < picture.pixels.length; at += 1) {
    const row = Math.floor(at / picture.width);
    rows[at + row + 1] = places.get(picture.pixels[at] ?? 0) ?? 0;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(picture.width, 0);
  header.writeUInt32BE(picture.height, 4);
  // 8 bits, a palette.
  header.set([8, 3], 8);
  const colours = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const chunks = [chunk('IHDR', header), chunk('PLTE', colours), chunk('IDAT', deflateSync(rows, { level: 9 }))];
  return Buffer.concat([SIGNATURE, ...chunks, chunk('IEND', Buffer.alloc(0))]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** The most frequent colours of those that can be told apart: a rare one is not lost among shades of a frequent one. */
function paletteOf(byCount: number[]): number[] {
  const palette: number[] = [];
  for (const colour of byCount) {
    if (palette.length === MAX_COLOURS) break;
    if (palette.every((other) => apart(colour, other) >= TOLD_APART)) palette.push(colour);
  }
  return palette;
}

function nearest(palette: number[], colour: number): number {
  let best = 0;
  for (const [at, other] of palette.entries()) {
    if (apart(colour, other) < apart(colour, palette[best] ?? 0)) best = at;
  }
  return best;
}

/** The square of two colours' distance. */
function apart(a: number, b: number): number {
  return [16, 8, 0].reduce((sum, shift) => sum + (((a >> shift) & 255) - ((b >> shift) & 255)) ** 2, 0);
}

function decode(png: Buffer): Picture {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const size = png[25] === 6 ? 4 : 3;
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const raw = inflateSync(Buffer.concat(parts));
  const stride = width * size;
  const pixels = new Uint32Array(width * height);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y += 1) {
    const start = y * (stride + 1);
    const line = unfiltered(raw[start] ?? 0, raw.subarray(start + 1, start + 1 + stride), above, size);
    for (let x = 0; x < width; x += 1) {
      const [red = 0, green = 0, blue = 0] = line.subarray(x * size, x * size + 3);
      pixels[y * width + x] = (red << 16) | (green << 8) | blue;
    }
    above = line;
  }
  return { width, height, pixels };
}

/** A line without its filter, https://www.w3.org/TR/png-3/#9Filter-types */
function unfiltered(filter: number, line: Buffer, above: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(line.length);
  for (let i = 0; i < line.length; i += 1) {
    const left = out[i - size] ?? 0;
    const up = above[i] ?? 0;
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, above[i - size] ?? 0)][filter] ?? 0;
    out[i] = (line[i] ?? 0) + guess;
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

import { crc32, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { drawChart, type Line, type Stretch } from './chart.ts';

const start = 1_795_800_000;
const options = { title: 'a title', format: String, start, end: start + 3600 };

function stretches(value: (at: number) => number): Stretch[] {
  return Array.from({ length: 60 }, (_, at) => {
    const avg = value(at);
    return { time: start + at * 60, min: avg, avg, max: avg };
  });
}

interface Decoded {
  width: number;
  height: number;
  at(x: number, y: number): number[];
  colours: Set<string>;
}

/** Reads a PNG of the one kind that is made here, and checks each part's checksum. */
function decode(png: Buffer): Decoded {
  expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const typed = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(typed));
    chunks.set(typed.toString('latin1', 0, 4), typed.subarray(4));
    at += length + 12;
  }
  const header = chunks.get('IHDR')!;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const rows = inflateSync(chunks.get('IDAT')!);
  expect(rows.length).toBe((width * 3 + 1) * height);
  const at = (x: number, y: number) => [...rows.subarray(y * (width * 3 + 1) + 1 + x * 3).subarray(0, 3)];
  const colours = new Set<string>();
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) colours.add(at(x, y).join());
  return { width, height, at, colours };
}

/** Contrast of two colours (WCAG 2.2, "relative luminance"). */
function contrast(a: number[], b: number[]): number {
  const light = (colour: number[]) => {
    const [red, green, blue] = colour.map((part) => {
      const share = part / 255;
      return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const [high, low] = [light(a), light(b)].toSorted((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

test('a picture has a ground of its own, and lines and words stand out from it', () => {
  const lines = Array.from({ length: 6 }, (_, no) => ({
    label: `line ${no}`,
    stretches: stretches((at) => at + no * 20),
  }));
  const picture = decode(drawChart(lines, options)!);
  expect([picture.width, picture.height]).toEqual([600, 330]);
  const ground = picture.at(4, 165);
  const strong = [...picture.colours]
    .map((colour) => colour.split(',').map(Number))
    .filter((each) => contrast(each, ground) > 4.5);
  // Words and six lines, each with a colour of its own.
  expect(strong.length).toBeGreaterThanOrEqual(7);
  // The frame is seen on a white page and on a black one.
  for (const page of [
    [255, 255, 255],
    [0, 0, 0],
  ])
    expect(contrast(picture.at(0, 100), page)).toBeGreaterThan(3);
});

test('the grid ends near the largest value', () => {
  const picture = decode(drawChart([{ label: '', stretches: stretches((no) => 20 + no * 3.2) }], options)!);
  const isLine = (y: number) =>
    Array.from({ length: picture.width }, (_, x) => picture.at(x, y).join()).includes('86,180,233');
  const highest = Array.from({ length: picture.height }, (_, y) => y).findIndex(isLine);
  // From 0 to 250 for values up to 209; a grid to 400 would leave its upper half empty.
  expect(highest).toBeLessThan(90);
});

test('places between the ends have their names where there is room', () => {
  const marks = (label: string) => Array.from({ length: 13 }, (_, no) => ({ time: start + no * 300, label }));
  const drawn = (given: { time: number; label: string }[]) =>
    drawChart([{ label: 'x', stretches: stretches((no) => no) }], { ...options, marks: given })!;
  const ends = [marks('2026-01')[0]!, marks('2026-01')[12]!];
  expect(drawn(marks('2026-01')).equals(drawn(ends))).toBe(false);
  // Names that are too long for it stand at the ends alone.
  expect(drawn(marks('x'.repeat(40))).length).toBeGreaterThan(0);
});

test('a peak of one stretch is drawn', () => {
  const flat = stretches(() => 10);
  const peak = flat.map((each, at) => (at === 30 ? { ...each, max: 1000 } : each));
  const differs = (a: Line[], b: Line[]) => Buffer.compare(drawChart(a, options)!, drawChart(b, options)!);
  expect(differs([{ label: 'x', stretches: flat }], [{ label: 'x', stretches: peak }])).not.toBe(0);
});

test('there is no picture of nothing, of one value, or of what is no number', () => {
  expect(drawChart([], options)).toBeUndefined();
  expect(drawChart([{ label: 'x', stretches: stretches(() => 1).slice(0, 1) }], options)).toBeUndefined();
  expect(drawChart([{ label: 'x', stretches: stretches(() => Number.NaN) }], options)).toBeUndefined();
});

test.each<[string, (at: number) => number]>([
  ['nothing but zero', () => 0],
  ['one value again and again', () => 5],
  ['negative values', (at) => -at],
  ['the largest numbers', (at) => at * 1e306],
  ['the smallest numbers', (at) => at * 1e-300],
])('%s can be drawn', (_, value) => {
  decode(
    drawChart([{ label: 'ünseen \u0000 漢', stretches: stretches(value) }], { ...options, title: 'x'.repeat(9000) })!,
  );
});

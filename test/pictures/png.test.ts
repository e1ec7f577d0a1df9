import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { withPalette } from './png.ts';

/** A picture of two lines as Chromium writes it: RGB, the second line filtered by the one above. */
function twoLines(width: number): Buffer {
  const header = Buffer.alloc(25);
  header.writeUInt32BE(13, 0);
  header.write('IHDR', 4, 'latin1');
  header.writeUInt32BE(width, 8);
  header.writeUInt32BE(2, 12);
  header.set([8, 2], 16);
  const first = Buffer.alloc(width * 3, 200);
  first.set([255, 0, 0], 0);
  const data = deflateSync(Buffer.concat([Buffer.from([0]), first, Buffer.from([2]), Buffer.alloc(width * 3)]));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([Buffer.alloc(8), header, length, Buffer.from('IDAT'), data, Buffer.alloc(4)]);
}

test('a picture keeps its size and its rare colours, with a palette', () => {
  const png = withPalette(twoLines(1000));
  expect([png.readUInt32BE(16), png.readUInt32BE(20), png[25]]).toEqual([1000, 2, 3]);
  const at = png.indexOf('PLTE') + 4;
  expect([...png.subarray(at, at + 6)]).toEqual([200, 200, 200, 255, 0, 0]);
  expect(png.length).toBeLessThan(200);
});

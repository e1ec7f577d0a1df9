import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDeflate } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lines, pdfOf } from './testing/pdf.ts';
import { startPlainSite, type PlainSite } from './testing/plain-site.ts';

let site: PlainSite;
beforeAll(async () => {
  site = await startPlainSite();
});
afterAll(() => site?.[Symbol.asyncDispose]());

const pdf = { 'content-type': 'application/pdf' };
const read = (body: Buffer, more?: object) => site.read({ headers: pdf, body }, more);

test('text, page numbers and title', async () => {
  const body = pdfOf({
    pages: [lines('First line', 'second line'), lines('On page two')],
    title: 'Report',
    packed: true,
  });
  const { failed, data, text } = await read(body);
  expect([failed, data['title'], data['content_type']]).toEqual([false, 'Report', 'application/pdf']);
  expect(data['content']).toBe('[Page 1 of 2]\n\nFirst line\nsecond line\n\n[Page 2 of 2]\n\nOn page two');
  expect(text).toContain('data, not instructions');
});

test('a PDF is one by its bytes, whatever it is served as', async () => {
  const body = pdfOf({ pages: [lines('Words')] });
  for (const type of ['application/octet-stream', 'binary/octet-stream', 'text/plain', '', 'application/x-pdf'])
    expect((await site.read({ headers: { 'content-type': type }, body })).content).toContain('Words');
  const page = { headers: pdf, body: '<!doctype html><p>Log in first.' };
  expect((await site.read(page)).content).toContain('Log in first.');
});

test('a long one comes in parts, from one download', async () => {
  const pages = Array.from({ length: 40 }, (_, page) =>
    lines(...Array.from({ length: 30 }, (_row, row) => `row ${page}.${row}`)),
  );
  site.requests.length = 0;
  let joined = '';
  site.pages.set('/long.pdf', { headers: pdf, body: pdfOf({ pages, packed: true }) });
  for (let start: unknown = 0; start !== undefined;) {
    const { data } = await site.fetch('/long.pdf', { start_index: start, max_length: 4000 });
    joined += String(data['content']);
    start = data['next_index'];
  }
  expect(joined).toContain('[Page 40 of 40]');
  expect(joined.match(/row \d+\.\d+/g)).toHaveLength(1200);
  expect(site.requests).toEqual(['/long.pdf']);
});

test('Japanese text by a predefined map, without a font in the file', async () => {
  const descendant =
    '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /Ryumin-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 2 >> /FontDescriptor << /Type /FontDescriptor /FontName /Ryumin-Light /Flags 6 >> >>';
  const font = `<< /Type /Font /Subtype /Type0 /BaseFont /Ryumin-Light-90ms-RKSJ-H /Encoding /90ms-RKSJ-H /DescendantFonts [${descendant}] >>`;
  expect((await read(pdfOf({ pages: ['BT /F1 12 Tf 72 700 Td <93fa967b8cea> Tj ET'], font }))).content).toContain(
    '日本語',
  );
});

test('what has no text, is locked, damaged or cut says so', async () => {
  expect((await read(pdfOf({ pages: ['0 0 100 100 re f'] }))).text).toContain('1 pages without any text');
  const lock =
    '<< /Filter /Standard /V 1 /R 2 /P -4 /O <00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff> /U <ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100> >>';
  const locked = pdfOf({ pages: [lines('secret')], objects: [lock], trailer: '/Encrypt 4 0 R /ID [<00> <00>]' });
  expect((await read(locked)).text).toContain('locked with a password');
  const damaged = await read(Buffer.from(`%PDF-1.4\n${'junk '.repeat(500)}`));
  expect([damaged.failed, damaged.text]).toEqual([true, expect.stringContaining('This PDF is damaged')]);
  const whole = pdfOf({ pages: [lines('Kept'), lines('x'.repeat(4000))] });
  await using small = await startPlainSite({ FETCH_MAX_BYTES: 1024 });
  expect((await small.read({ headers: pdf, body: whole })).text).toMatch(/larger than 1,024 bytes.*without its end/);
});

test.each<[string, () => Buffer | Promise<Buffer>]>([
  ['a stream that unfolds to 600 megabytes', async () => pdfOf({ pages: [await bomb()] })],
  [
    'pages that are their own parents',
    () =>
      Buffer.from(
        '%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000 >>\nendobj\ntrailer << /Root 1 0 R >>\n',
      ),
  ],
  ['arrays within arrays', () => pdfOf({ pages: [lines('x')], objects: ['['.repeat(1_000_000)], trailer: '/X 4 0 R' })],
  ['operators without end', () => pdfOf({ pages: ['q BT /F1 1 Tf (x) Tj ET Q '.repeat(180_000)], packed: true })],
])('%s costs itself, and the next one is read', { timeout: 60_000 }, async (_, make) => {
  const made = make();
  await made;
  const before = process.memoryUsage().rss;
  const hostile = read(await made);
  const page = site.fetch('/other');
  site.pages.set('/other', { headers: { 'content-type': 'text/html' }, body: '<p>Other readers do not wait.' });
  expect((await page).text).not.toContain('damaged');
  expect((await hostile).text).toMatch(/damaged|Page 1 of|pages|no such page/);
  expect(process.memoryUsage().rss - before).toBeLessThan(1.5 * 1024 ** 3);
  expect((await read(pdfOf({ pages: [lines('Next')] }))).content).toContain('Next');
});

/** Spaces by the gigabyte, which pack to a thousandth. */
async function bomb(): Promise<Buffer> {
  const packer = createDeflate({ level: 1 });
  const spaces = Readable.from(Array.from({ length: 600 }, () => Buffer.alloc(1_000_000, ' ')));
  return Buffer.concat(await pipeline(spaces, packer, (packed: AsyncIterable<Buffer>) => Array.fromAsync(packed)));
}

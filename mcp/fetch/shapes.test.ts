import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { createReader } from './reader.ts';

interface Shape {
  id: string;
  /** The standard, product or report that the shape comes from. */
  reference: string;
  html: string;
  type?: string;
  text: string;
  title?: string;
  note?: string;
}

const { cases } = JSON.parse(readFileSync(new URL('./testing/shapes.json', import.meta.url), 'utf8')) as {
  cases: Shape[];
};
const reader = createReader();
let right = 0;

afterAll(async () => {
  process.stdout.write(`shapes of pages: ${right} of ${cases.length} right\n`);
  await reader[Symbol.asyncDispose]();
});

test.each(cases)('$id ($reference)', async ({ html, type, text, title, note }) => {
  const bytes = Buffer.from(html);
  const contentType = type ?? 'text/html; charset=utf-8';
  const job = { kind: 'markup' as const, bytes, contentType, url: 'https://example.com/dir/page' };
  const page = await reader.read(job, new AbortController().signal);
  expect({ text: page.markdown, title: page.title, note: page.note }).toEqual({ text, title, note });
  right += 1;
});

test('no shape is there twice, and each says where it is from', () => {
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  expect(cases.filter(({ reference }) => reference === '')).toEqual([]);
});

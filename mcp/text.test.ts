import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutForward, cutHead, cutTail, sniff, type Window } from './text.ts';

/** Reads the whole in windows of `length` bytes, each begun where the last ended. */
function readInParts(bytes: Buffer, length: number): string {
  let text = '';
  for (let start = 0; start < bytes.length;) {
    const window: Window = { bytes: bytes.subarray(start, start + length), start, size: bytes.length };
    const cut = cutForward(window, 'utf-8');
    expect(cut.to).toBeGreaterThan(start);
    text += cut.text;
    start = cut.to;
  }
  return text;
}

/** The seed is fixed, so that no build fails by chance. */
const fixed = { seed: 20_261_121 };

test('any text read in parts of any size is the text', () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 200 }).filter((text) => !text.startsWith('\ufeff'));
  fc.assert(
    fc.property(texts, fc.integer({ min: 4, max: 64 }), (text, length) => {
      expect(readInParts(Buffer.from(text), length)).toBe(text);
    }),
    fixed,
  );
});

test('head and tail agree with splitting at newlines', () => {
  const texts = fc.array(fc.constantFrom('a', '', 'é漢', '🙂'), { maxLength: 20 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 25 }), (parts, count) => {
      const rows = parts.map((part) => `${part}\n`);
      const bytes = Buffer.from(rows.join(''));
      const window: Window = { bytes, start: 0, size: bytes.length };
      expect(cutHead(window, 'utf-8', count).text).toBe(rows.slice(0, count).join(''));
      expect(cutTail(window, 'utf-8', count).text).toBe(rows.slice(-count).join(''));
    }),
    fixed,
  );
});

test('text and binary are told apart', () => {
  expect(sniff(Buffer.from('plain'))).toBe('utf-8');
  expect(sniff(Buffer.from('漢字').subarray(0, 5))).toBe('utf-8');
  expect(sniff(Buffer.from([0xe9]))).toBe('utf-8');
  expect(sniff(Buffer.from([0xe9, 0x20]))).toBe('windows-1252');
  expect(sniff(Buffer.from([0xfe, 0xff, 0, 0x41]))).toBe('utf-16be');
  expect(sniff(Buffer.from('a\0b'))).toBeUndefined();
  expect(sniff(Buffer.from([1, 2, 3, 4]))).toBeUndefined();
});

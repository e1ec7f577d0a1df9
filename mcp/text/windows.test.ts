import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encode } from './charsets.ts';
import { cutForward, cutHead, cutTail, type Window } from './windows.ts';

/** Reads the whole in windows of `length` bytes, each begun where the last ended. */
function readInParts(bytes: Buffer, length: number, charset = 'utf-8'): string {
  let text = '';
  for (let start = 0; start < bytes.length;) {
    const window: Window = { bytes: bytes.subarray(start, start + length), start, size: bytes.length };
    const cut = cutForward(window, charset);
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

test.each(['utf-16le', 'utf-16be', 'utf-32le', 'gb18030', 'shift_jis', 'euc-jp', 'big5', 'windows-1251'])(
  '%s read in parts of any size is the text',
  (charset) => {
    const units = charset.startsWith('utf') ? 'aё漢🙂\n' : charset === 'windows-1251' ? 'aё\n' : 'a漢字\n';
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...Array.from(units)), { maxLength: 60 }),
        fc.integer({ min: 2, max: 20 }),
        (signs, size) => {
          const text = signs.join('');
          const { bytes } = encode(text, charset);
          expect(readInParts(bytes!, size * 4, charset)).toBe(text);
        },
      ),
      fixed,
    );
  },
);

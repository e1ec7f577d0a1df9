import { PassThrough } from 'node:stream';
import { array, assert, asyncProperty, constantFrom, integer } from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { burstMs, listenToStrokes } from './strokes.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** What the listener hears of these reads, until the last one is over. Keys are joined into one text. */
async function heard(...reads: (string | Buffer)[]): Promise<string[]> {
  const input = new PassThrough();
  const all: string[] = [];
  const end = Promise.withResolvers<void>();
  let keys = '';
  const flush = () => {
    if (keys !== '') all.push(`keys ${keys}`);
    keys = '';
  };
  using strokes = listenToStrokes(input, {
    key(key, text) {
      if (key.name === 'f1') return end.resolve();
      keys += text ?? `<${key.name}>`;
    },
    paste(text, entered) {
      flush();
      all.push(`${entered ? 'entered' : 'pasted'} ${text}`);
    },
  });
  void strokes;
  for (const read of reads) {
    input.write(read);
    await new Promise((resolve) => setImmediate(resolve));
  }
  vi.advanceTimersByTime(burstMs + 1);
  // A key that nobody pastes. It must be heard after the text that was held back.
  input.write('\u001BOP');
  vi.advanceTimersByTime(burstMs + 1);
  await end.promise;
  flush();
  return all;
}

const start = '\u001B[200~';
const end = '\u001B[201~';

test('a marked paste is one text, whatever it has in it', async () => {
  expect(await heard(`a${start}one\rtwo\r\nthree\n${end}b`)).toEqual(['keys a', 'pasted one\ntwo\nthree\n', 'keys b']);
  expect(await heard(`${start}\u0003\u0004${end}${start}${end}`)).toEqual(['pasted \u0003\u0004', 'pasted ']);
});

test('lines that come at once are one text, which the last Enter sends; a backslash or Alt joins them', async () => {
  expect(await heard('one\rtwo\r')).toEqual(['entered one\ntwo']);
  expect(await heard('one\r', 'two\rhalf')).toEqual(['pasted one\ntwo\nhalf']);
  expect(await heard('\u001B[31mred\u001B[m\rtwo\r')).toEqual(['entered \u001B[31mred\u001B[m\ntwo']);
  expect(await heard('one \\\rtwo\r')).toEqual(['entered one \ntwo']);
  expect(await heard('one \\\r')).toEqual(['pasted one \n']);
  expect(await heard('one \\\rtwo\u001B\rthree')).toEqual(['pasted one \ntwo\nthree']);
  expect(await heard('one \\', '\rtwo\u001B\rthree')).toEqual(['keys one \\\r', 'pasted two\nthree']);
});

test('a key alone is a key', async () => {
  expect(await heard('a', 'b', '\r')).toEqual(['keys ab\r']);
  expect(await heard('\u001B[D\r')).toEqual(['keys <left>\r']);
});

test('however reads cut it, a paste is the same', async () => {
  const pieces = constantFrom('x', '\r', '\n', 'ü', '日', '👩‍👩‍👧', '\u001B[', '~', ' ');
  await assert(
    asyncProperty(array(pieces, { maxLength: 12 }), array(integer({ min: 1, max: 7 })), async (parts, cuts) => {
      const text = parts.join('');
      const bytes = Buffer.from(`k${start}${text}${end}`);
      const reads: Buffer[] = [];
      let at = 0;
      for (const length of [...cuts, bytes.length]) {
        reads.push(bytes.subarray(at, at + length));
        at += length;
      }
      expect(await heard(...reads.filter((read) => read.length > 0))).toEqual([
        'keys k',
        `pasted ${text.replaceAll(/\r\n?/g, '\n')}`,
      ]);
    }),
  );
});

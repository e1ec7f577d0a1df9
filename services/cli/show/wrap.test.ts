import { expect, test } from 'vitest';
import { wrapText } from './wrap.ts';

test.each([
  ['between words', 'a few words that go on', 'a few words that go\non'],
  [
    'not in an address',
    'see https://example.org/a/very/long/address now',
    'see\nhttps://example.org/a/very/long/address\nnow',
  ],
  ['by what characters take on the screen', '日本語 日本語 日本語 日本語', '日本語 日本語 日本語\n日本語'],
  ['within a colour', '\u001B[1mbold words that go on\u001B[22m', '\u001B[1mbold words that go\non\u001B[22m'],
  ['keeping the space before a line', '  two spaces and then more', '  two spaces and\n  then more'],
])('breaks lines %s', (_name, text, wrapped) => {
  expect(wrapText(text, 20)).toBe(wrapped);
});

test('leaves text alone where there is no width', () => {
  expect(wrapText('a '.repeat(500), Infinity)).toBe('a '.repeat(500));
});

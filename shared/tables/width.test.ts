import { expect, test } from 'vitest';
import { cutToWidth, displayWidth } from './width.ts';

test.each([
  ['\u001B[1mab\u001B[22m', 2],
  ['日本👍🏽e\u0301', 7],
  ['𠮷', 2],
  ['❤\ufe0f', 2],
  ['❤', 1],
  ['1\ufe0f\u20e3', 2],
  ['🇩🇪', 2],
  ['👨‍👩‍👧‍👦', 2],
  ['한', 2],
  ['ｱ', 1],
  ['Ａ', 2],
  ['\u200eשלום\u200e', 4],
  ['นี้', 1],
  ['', 0],
])('%j takes %i columns', (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});

test('a cut line ends in an ellipsis and breaks no character', () => {
  expect(cutToWidth('abcdef', 6)).toBe('abcdef');
  expect(cutToWidth('abcdef', 5)).toBe('abcd…');
  expect(cutToWidth('ab cdef', 4)).toBe('ab…');
  expect(cutToWidth('日本語', 4)).toBe('日…');
  expect(cutToWidth('a👨‍👩‍👧‍👦b', 3)).toBe('a…');
});

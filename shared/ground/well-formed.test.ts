import { expect, it } from 'vitest';
import { wellFormedJson } from './well-formed.ts';

it('writes no half of a character, and leaves everything else as it is', () => {
  const whole = { text: '😀 "\\ud83d" \n\u0000', list: [1, null, { a: true }] };
  expect(wellFormedJson(whole)).toBe(JSON.stringify(whole));
  const halves = { text: 'a\ud83d', list: ['\ude00b', { whole: '😀' }] };
  expect(JSON.parse(wellFormedJson(halves))).toEqual({ text: 'a\ufffd', list: ['\ufffdb', { whole: '😀' }] });
});

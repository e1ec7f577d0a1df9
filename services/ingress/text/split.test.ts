import { describe, expect, test } from 'vitest';
import { joinParts, splitMessage, splitParts } from './split.ts';

const paragraph = (word: string, count: number): string => `${word} `.repeat(count).trim();

describe('where a message is cut', () => {
  test('a text within the limit is one part, unchanged', () => {
    expect(splitMessage('a'.repeat(2000))).toEqual(['a'.repeat(2000)]);
  });

  test('a blank text has no parts', () => {
    expect(splitMessage(' \n\n ')).toEqual([]);
  });

  test('between paragraphs before lines, sentences and words', () => {
    const text = `${paragraph('one', 20)}.\nA line. More.\n\n${paragraph('two', 20)}`;
    expect(splitMessage(text, { limit: 130 })).toEqual([
      `${paragraph('one', 20)}.\nA line. More.`,
      paragraph('two', 20),
    ]);
  });

  test('between lines before sentences', () => {
    const [first] = splitMessage(`First line. Same line.\nSecond line. And more words here.`, { limit: 40 });
    expect(first).toBe('First line. Same line.');
  });

  test('between sentences before words', () => {
    const [first] = splitMessage('This is one sentence. This is another sentence.', { limit: 35 });
    expect(first).toBe('This is one sentence.');
  });

  test('an address stays whole', () => {
    const address = 'https://example.com/abcdefghij';
    expect(splitMessage(`${'a'.repeat(1990)} ${address}`)).toEqual(['a'.repeat(1990), address]);
  });

  test('a heading stays with what it heads', () => {
    const parts = splitMessage(`${paragraph('text', 15)}\n\n# Heading\n${paragraph('body', 12)}`, { limit: 100 });
    expect(parts[1]).toMatch(/^# Heading\nbody/);
  });

  test('nothing is lost', () => {
    const text = `${paragraph('one', 300)}\n\n\n${paragraph('two', 300)}  \n`;
    expect(joinParts(splitParts(text, { limit: 500 }))).toBe(text);
  });
});

describe('characters', () => {
  test.each([
    ['surrogate pairs', '🙂', 100],
    ['flags', '🇩🇪', 100],
    ['families', '👨‍👩‍👧‍👦', 60],
    ['combining marks', 'e\u0301', 200],
    ['skin tones', '👍🏽', 100],
  ])('%s are not broken', (_, character, count) => {
    const parts = splitMessage(character.repeat(count), { limit: 101 });
    for (const part of parts) expect(part.replaceAll(character, '')).toBe('');
    expect(parts.join('')).toBe(character.repeat(count));
  });
});

import { afterAll, expect, test } from 'vitest';
import type { CorpusCase } from './corpora.ts';

/**
 * What a driver understands of a value: everything (`any`), what matches a pattern, one of some values, or an object
 * with these fields and no others (`*`: any field). Each item of an array must be understood.
 */
export type Words = 'any' | RegExp | readonly unknown[] | Vocabulary;
export interface Vocabulary {
  readonly [field: string]: Words;
}

/** Fields that describe a case to people; they mean nothing to tests. */
export const described: Vocabulary = { id: 'any', category: 'any', why: 'any', note: 'any' };

/** The driver would not test what the case means. */
export class NotUnderstood extends Error {
  override name = 'NotUnderstood';

  constructor(what: string) {
    super(`the driver does not know ${what}`);
  }
}

/**
 * Throws NotUnderstood for the first field or value that a driver does not know: otherwise a part of a case that nobody
 * heeds would pass without being tested.
 */
export function assertUnderstood(value: unknown, words: Words, where = ''): void {
  if (words === 'any') return;
  if (Array.isArray(value)) {
    for (const item of value) assertUnderstood(item, words, where);
  } else if (words instanceof RegExp) {
    if (!words.test(String(value))) throw new NotUnderstood(`${where}: ${shown(value)}`);
  } else if (isList(words)) {
    if (!words.includes(value)) throw new NotUnderstood(`${where}: ${shown(value)}`);
  } else {
    if (typeof value !== 'object' || value === null) throw new NotUnderstood(`${where}: ${shown(value)}`);
    for (const [field, inner] of Object.entries(value)) {
      const path = where === '' ? field : `${where}.${field}`;
      const known = Object.hasOwn(words, field) ? words[field] : words['*'];
      if (known === undefined) throw new NotUnderstood(`the field ${path}: ${shown(inner)}`);
      assertUnderstood(inner, known, path);
    }
  }
}

function isList(words: Words): words is readonly unknown[] {
  return Array.isArray(words);
}

function shown(value: unknown): string {
  return JSON.stringify(value).slice(0, 200);
}

/** The value that a table has for a case's word. Throws NotUnderstood for a word that the table does not have. */
export function understood<T>(table: Readonly<Record<string, T>>, word: unknown, where: string): T {
  if (typeof word !== 'string' || !Object.hasOwn(table, word)) throw new NotUnderstood(`${where}: ${shown(word)}`);
  return table[word] as T;
}

export interface CaseDriver<Case extends CorpusCase> {
  /** The name for the line that tells how many were right. */
  name: string;
  cases: readonly Case[];
  vocabulary: Vocabulary;
  /** Why nothing in this product corresponds to a case; undefined when something does. */
  meaningless?(entry: Case): string | undefined;
  /** Plays the case. Resolves with what is wrong. Rejects with NotUnderstood for what it does not know. */
  run(entry: Case): Promise<readonly string[]> | readonly string[];
}

/** Makes one test for each case, named after it, and prints a line with how many were right. */
export function testCases<Case extends CorpusCase>(driver: CaseDriver<Case>): void {
  const { name, cases, vocabulary } = driver;
  let right = 0;
  let skipped = 0;
  afterAll(() => {
    const left = skipped === 0 ? '' : `, ${skipped} skipped by name`;
    process.stdout.write(`${name}: ${right} of ${cases.length - skipped} right${left}\n`);
  });
  for (const entry of cases) {
    test(`${entry.id}: ${String(entry['why'])}`, async ({ skip }) => {
      assertUnderstood(entry, vocabulary);
      const reason = driver.meaningless?.(entry);
      if (reason !== undefined) {
        skipped += 1;
        skip(reason);
      }
      expect(await driver.run(entry)).toEqual([]);
      right += 1;
    });
  }
}

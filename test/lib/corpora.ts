import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One case of a corpus: the fields that all corpora share; each corpus adds its own. */
export interface CorpusCase {
  id: string;
  category?: string;
  [field: string]: unknown;
}

export interface Corpus<Case extends CorpusCase = CorpusCase> {
  cases: Case[];
  [field: string]: unknown;
}

const folder = process.env['DRAGOMAN_CORPORA'] ?? path.resolve(import.meta.dirname, '../corpora');

/** The path of a file in the corpora folder; an absolute path stays, for a corpus that lies beside its driver. */
export function corpusFile(name: string): string {
  return path.resolve(folder, name);
}

/** Loads a corpus with its compact forms expanded. */
export function loadCorpus<Case extends CorpusCase>(name: string): Corpus<Case> {
  const parsed = JSON.parse(readFileSync(corpusFile(name), 'utf8')) as Corpus<Case>;
  return { ...parsed, cases: parsed.cases.map((entry) => expand(entry) as Case) };
}

/** One case that is a file of its own: a public bug report of another system, which goes wrong here or did. */
export interface CaseFile extends CorpusCase {
  situation: string;
  expected: string;
  neighbours: { what: string; expected: string }[];
}

/** The cases whose files begin with these letters. `DRAGOMAN_CASES` names another folder to read them from. */
export function loadCases<Case extends CaseFile>(prefix: string): Case[] {
  const cases = process.env['DRAGOMAN_CASES'] ?? corpusFile('cases');
  return readdirSync(cases)
    .filter((name) => name.startsWith(prefix) && name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(path.join(cases, name), 'utf8')) as Case)
    .map((entry) => ({ ...entry, why: entry.situation }));
}

/** Expands `$repeat`, `$concat`, `$seq` and `$times`, which keep long hostile texts short in the files. */
function expand(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expand);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only) {
    const compact = expandCompact(only[0], only[1]);
    if (compact !== undefined) return compact;
  }
  const out: Record<string, unknown> = {};
  for (const [key, inner] of entries) {
    // defineProperty: a hostile case may carry a key such as __proto__.
    Object.defineProperty(out, key, { value: expand(inner), enumerable: true, configurable: true, writable: true });
  }
  return out;
}

function expandCompact(form: string, value: unknown): unknown {
  if (form === '$repeat') {
    const [text, count] = value as [string, number];
    return text.repeat(count);
  }
  if (form === '$concat') return (value as unknown[]).map(expand).join('');
  if (form === '$times') {
    const [item, count] = value as [unknown, number];
    return Array.from({ length: count }, () => expand(item));
  }
  if (form !== '$seq') return undefined;
  const { from, to, sep, template = '#' } = value as { from: number; to: number; sep: string; template?: string };
  const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return numbers.map((number) => template.replaceAll('#', String(number))).join(sep);
}

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** This file is not followed, because a run of suites within a suite prepares for itself. */
const border = path.join(root, 'test/run.ts');

/**
 * The text of a file and of all files of the project that it names in quotes, and so on: what it imports and what it
 * starts as a process. Names that are put together at run time are not seen.
 */
export function reachedText(file: string): string {
  const seen = new Set<string>();
  const left = [file];
  let text = '';
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (seen.has(next) || next === border) continue;
    seen.add(next);
    const source = sourceOf(next);
    text += source.text;
    left.push(...source.named);
  }
  return text;
}

interface Source {
  text: string;
  /** Files of the project, absolute. */
  named: string[];
}

const sources = new Map<string, Source>();

function sourceOf(file: string): Source {
  const known = sources.get(file);
  if (known) return known;
  const text = readFileSync(file, 'utf8');
  const names = [...text.matchAll(/['"`]([\w#./-]+\.m?[jt]s)['"`]/g)].map(([, name = '']) => name);
  const named = names.flatMap((name) => {
    // `#shared/x.ts` follows the imports map of package.json. A bare path is relative to this file or to the project's
    // folder.
    const places = name.startsWith('#') ? [root] : [path.dirname(file), root];
    return places.map((place) => path.resolve(place, name.replace(/^#/, ''))).filter(isOurs);
  });
  const source = { text, named };
  sources.set(file, source);
  return source;
}

function isOurs(file: string): boolean {
  return !file.includes('/node_modules/') && (statSync(file, { throwIfNoEntry: false })?.isFile() ?? false);
}

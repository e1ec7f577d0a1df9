import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Import {
  specifier: string;
  /** The line of the specifier, from 1. */
  line: number;
}

/** A source file, relative to the repository and with slashes, and what it imports, values and types alike. */
export interface SourceFile {
  file: string;
  imports: Import[];
}

const areas = ['shared', 'services', 'mcp', 'litellm', 'start', 'test'];

/** Dynamic imports, and imports at the beginning of a statement, so that those in comments and strings do not count. */
const importForms = [
  /^[ \t]*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^[ \t]*import\s*['"]([^'"]+)['"]/gm,
  /^(?![ \t]*(?:\/\/|\*)).*\bimport\(\s*['"]([^'"]+)['"]/gm,
];

/** Reads every source file below `root`, in the order of their names. */
export function readSources(root: string): SourceFile[] {
  const files = globSync(
    areas.map((area) => `${area}/**/*.{ts,mts,mjs}`),
    { cwd: root, exclude: (name) => name === 'node_modules' },
  );
  return files.toSorted().map((file) => ({
    file: file.split(path.sep).join('/'),
    imports: importsOf(readFileSync(path.join(root, file), 'utf8')),
  }));
}

function importsOf(source: string): Import[] {
  return importForms.flatMap((form) =>
    [...source.matchAll(form)].map((match) => {
      const specifier = match[1] ?? '';
      const at = (match.index ?? 0) + match[0].lastIndexOf(specifier);
      return { specifier, line: source.slice(0, at).split('\n').length };
    }),
  );
}

/** The file of this repository that `specifier` means in `file`; undefined for packages. */
export function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return specifier.slice(1);
  return specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file), specifier) : undefined;
}

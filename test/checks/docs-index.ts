import { globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const INDEX = 'docs/README.md';
const MAX_PICTURE_BYTES = 150_000;

/** Each page of docs/ stands in its index, each picture is shown by a page and small. Returns what is not so. */
export function checkDocsIndex(root: string): string[] {
  const files = globSync('docs/**/*.{md,png}', { cwd: root }).map((file) => file.replaceAll('\\', '/'));
  const text = (file: string) => readFileSync(path.join(root, file), 'utf8');
  const pages = files.filter((file) => file.endsWith('.md'));
  const pictures = files.filter((file) => file.endsWith('.png'));
  const readers = ['README.md', ...pages];
  return [
    ...missing(pages, INDEX, linksOf(INDEX, text(INDEX))).map((page) => `${INDEX} does not name ${page}`),
    ...missing(pictures, '', new Set(readers.flatMap((page) => [...linksOf(page, text(page))]))).map(
      (picture) => `no page shows ${picture}`,
    ),
    ...pictures
      .filter((picture) => statSync(path.join(root, picture)).size > MAX_PICTURE_BYTES)
      .map((picture) => `${picture} is larger than ${MAX_PICTURE_BYTES / 1000} kB`),
  ];
}

export function missing(files: string[], index: string, linked: Set<string>): string[] {
  return files.filter((file) => file !== index && !linked.has(file));
}

/** The files that a page links to or shows, from the repository's root. */
export function linksOf(page: string, text: string): Set<string> {
  const targets = [...text.matchAll(/\]\(([^)\s#]+)|<img[^>]*? src="([^"]+)"/g)].map(
    (found) => found[1] ?? found[2] ?? '',
  );
  return new Set(targets.map((target) => path.posix.join(path.posix.dirname(page), target)));
}

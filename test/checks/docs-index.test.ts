import path from 'node:path';
import { expect, test } from 'vitest';
import { checkDocsIndex, linksOf, missing } from './docs-index.ts';

test('a page that the index does not name is found, and so is a picture that no page shows', () => {
  const index = 'See [sql](sql.md#postgres) and [up](../README.md).';
  const linked = linksOf('docs/README.md', index);
  expect([...linked]).toEqual(['docs/sql.md', 'README.md']);
  expect(missing(['docs/README.md', 'docs/sql.md', 'docs/lost.md'], 'docs/README.md', linked)).toEqual([
    'docs/lost.md',
  ]);
  expect([...linksOf('README.md', '<img width="300" src="docs/pictures/a.png" /> ![b](docs/b.png)')]).toEqual([
    'docs/pictures/a.png',
    'docs/b.png',
  ]);
});

test('the index of this repository is whole', () => {
  expect(checkDocsIndex(path.resolve(import.meta.dirname, '../..'))).toEqual([]);
});

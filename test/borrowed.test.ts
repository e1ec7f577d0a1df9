import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const page = readFileSync(path.join(root, 'docs/borrowed.md'), 'utf8');
const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { version?: string }>;
};

const names: Record<string, string> = {
  'MCP SDK 1': '@modelcontextprotocol/sdk',
  'MCP SDK 2': '@modelcontextprotocol/server',
};
const rows = [...page.matchAll(/^\| ([A-Za-z0-9. -]+?) (\d[\w.-]+)(?: [^|]*)? \|/gm)].map(
  ([, library = '', version = '']) => {
    const name = names[`${library} ${version[0]}`] ?? library.toLowerCase();
    return [name, version] as const;
  },
);

test('the page has a row for each library that we reach into', () => {
  expect(rows.length).toBeGreaterThan(18);
});

test.each(rows)(
  '%s is at the version that docs/borrowed.md was read in (else read its rows again): %s',
  (name, version) => {
    expect(packages[`node_modules/${name}`]?.version).toBe(version);
  },
);

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileGlob, isGlob } from './glob.ts';

function matches(pattern: string, path: string): boolean {
  return compileGlob(pattern)?.(path.split('/')) ?? false;
}

const yes = [
  ['*.md', 'notes/deep/a.md'],
  ['*.MD', 'A.md'],
  ['?.md', 'é.md'],
  ['.Env', 'a/.env'],
  ['Id_*', 'x/id_rsa'],
  ['id_*', 'id_'],
  ['*', 'a'],
  ['docs/*.md', 'docs/a.md'],
  ['docs/**', 'docs/a/b/c.md'],
  ['docs/**/*.md', 'docs/a.md'],
  ['**/deep/*', 'a/b/deep/c'],
  ['*.{md,txt}', 'x.txt'],
  ['{a,b{c,d}}.md', 'bd.md'],
  ['[a-c]x', 'bx'],
  ['[!a-c]x', 'dx'],
  ['[]x', '[]x'],
  ['a\\*b', 'a*b'],
  ['a}b', 'a}b'],
] as const;

test.each(yes)('%s matches %s', (pattern, path) => {
  expect(matches(pattern, path)).toBe(true);
});

const no = [
  ['*.md', 'a.mdx'],
  ['.env', '.env.local'],
  ['id_*', 'my-id_rsa'],
  ['docs/*.md', 'docs/deep/a.md'],
  ['docs/*.md', 'x/docs/a.md'],
  ['[!a-c]x', 'bx'],
  ['a\\*b', 'axb'],
  ['a+b', 'aab'],
  ['(a|b)', 'a'],
] as const;

test.each(no)('%s does not match %s', (pattern, path) => {
  expect(matches(pattern, path)).toBe(false);
});

test('patterns made to blow up regular expressions cost little', () => {
  const name = 'a'.repeat(250);
  const started = process.cpuUsage();
  expect(matches(`${'*a'.repeat(200)}b`, name)).toBe(false);
  expect(matches(`${'**/'.repeat(100)}b`, Array.from({ length: 60 }, () => 'a').join('/'))).toBe(false);
  expect(process.cpuUsage(started).user).toBeLessThan(2_000_000);
});

test('too many alternatives are refused before they are made', () => {
  expect(compileGlob('{a,b}'.repeat(30))).toBeUndefined();
});

test('a text without signs matches itself only', () => {
  const words = fc.string({
    unit: fc.constantFrom('a', 'b', 'z', '.', '-', '_', ' ', 'é', '漢'),
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(words, words, (a, b) => {
      fc.pre(!isGlob(a));
      expect(matches(a, b)).toBe(a === b);
    }),
    // The seed is fixed, so that no build fails by chance.
    { seed: 20_261_121 },
  );
});

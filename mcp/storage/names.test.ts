import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketNameProblem, keyProblem, newKeyProblem } from './names.ts';

test.each(['abc', 'my-bucket.2026', '0a0', 'a'.repeat(63)])('%s can be a bucket', (name) => {
  expect(bucketNameProblem(name)).toBeUndefined();
});

test.each(['ab', 'a'.repeat(64), 'Abc', 'a_b_c', 'a..b', '-abc', 'abc.', '10.0.0.1', 'xn--abc', 'abc-s3alias', 'a/b'])(
  '%s cannot be a bucket',
  (name) => {
    expect(bucketNameProblem(name)).toBeDefined();
  },
);

test('a key has 1,024 bytes at most, not characters', () => {
  expect(keyProblem('é'.repeat(512))).toBeUndefined();
  expect(keyProblem('é'.repeat(513))).toContain('1024 bytes');
});

test('only whole dot segments are refused', () => {
  expect(keyProblem('a..b/.hidden/...')).toBeUndefined();
  for (const key of ['..', 'a/..', './a', 'a/./b']) expect(keyProblem(key)).toContain('as a part');
});

test('no key that passes can leave its bucket when a server resolves its path', () => {
  const part = fc.constantFrom('..', '.', 'a', '', '%2e%2e', '…', '?acl', '#x', '\\..');
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const key = parts.join('/');
      fc.pre(newKeyProblem(key) === undefined);
      const encoded = key.split('/').map(encodeURIComponent).join('/');
      const url = new URL(`http://store/bucket/${encoded}`);
      expect(url.pathname).toBe(`/bucket/${encoded}`);
      expect(url.search + url.hash).toBe('');
    }),
    // The seed is fixed, so that no build fails by chance.
    { seed: 20_261_121 },
  );
});

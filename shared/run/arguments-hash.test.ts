import { expect, test } from 'vitest';
import { argumentsHash, canonicalJson } from './arguments-hash.ts';

test('the order of keys does not change the hash, at any depth', () => {
  const one = { path: 'a.md', options: { mode: 1, deep: [{ x: 1, y: 2 }] } };
  const other = { options: { deep: [{ y: 2, x: 1 }], mode: 1 }, path: 'a.md' };
  expect(argumentsHash(other)).toBe(argumentsHash(one));
});

test('any change of a value, a key, a type or an order of items changes the hash', () => {
  const base = { path: 'a.md', lines: [1, 2] };
  const others = [
    { path: 'a.md ', lines: [1, 2] },
    { path: 'a.md', lines: [2, 1] },
    { path: 'a.md', lines: ['1', 2] },
    { path: 'a.md', lines: [1, 2], extra: null },
    { Path: 'a.md', lines: [1, 2] },
  ];
  for (const other of others) expect(argumentsHash(other)).not.toBe(argumentsHash(base));
});

test('canonical form follows RFC 8785', () => {
  expect(canonicalJson({ '\u20ac': 1, '\r': 2, '1': 3, '\ud83d\ude00': 4, '\u00f6': 5, '': undefined })).toBe(
    '{"\\r":2,"1":3,"ö":5,"€":1,"😀":4}',
  );
  expect(canonicalJson([1e21, 0.000001, -0, null, undefined])).toBe('[1e+21,0.000001,0,null,null]');
});

test('a key named __proto__ counts like any other', () => {
  expect(argumentsHash(JSON.parse('{"__proto__":{"a":1}}'))).not.toBe(argumentsHash({}));
});

test('no arguments and empty arguments are the same call', () => {
  expect(argumentsHash(undefined)).toBe(argumentsHash({}));
});

test('what has no JSON form is refused', () => {
  expect(() => argumentsHash({ n: Number.NaN })).toThrow(TypeError);
  expect(() => argumentsHash({ f: () => 1 })).toThrow(TypeError);
});

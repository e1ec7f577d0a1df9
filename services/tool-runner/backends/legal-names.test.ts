import { expect, it } from 'vitest';
import { legalNames } from './legal-names.ts';

it.each([
  ['read_file', 'read_file'],
  ['pages.create', 'pages.create'],
  ['a b', 'a_b'],
  ['repo/list', 'repo_list'],
  ['näme', 'name'],
  ['get:user?', 'get_user_'],
  ['-dash', '_dash'],
  ['.hidden', '_hidden'],
])('%s is shown as %s', (own, shown) => {
  expect(legalNames([own]).get(own)).toBe(shown);
});

it('a name of other letters or beyond the length gets a mark of its own', () => {
  const long = 'x'.repeat(100);
  const names = legalNames(['查询', '列表', long, `${long}y`]);
  expect(new Set(names.values()).size).toBe(4);
  for (const name of names.values()) expect(name).toMatch(/^[A-Za-z0-9_.-]{1,64}$/);
  expect(names.get('查询')).toMatch(/^tool_[0-9a-f]{8}$/);
});

it('of names that would become the same each keeps its own, in any order', () => {
  const own = ['a_b', 'a b', 'a/b', 'A,B'];
  const names = legalNames(own);
  expect(names.get('a_b')).toBe('a_b');
  expect(new Set([...names.values()].map((name) => name.toLowerCase())).size).toBe(4);
  expect([...legalNames(own.toReversed())].toSorted()).toEqual([...names].toSorted());
});

it.each(['', ' ', 'a\nb', 'a\u202Eb', '../x', 'x/../y', '..'])('nothing is made of %j', (name) => {
  expect(legalNames([name]).size).toBe(0);
});

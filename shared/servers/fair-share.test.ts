import { expect, it } from 'vitest';
import { shareOut, type Group } from './fair-share.ts';

const group = (server: string, count: number, own = false): Group<string> => ({
  server,
  own,
  tools: Array.from({ length: count }, (_, n) => `${server}_${n}`),
});

/** How many tools of each server are kept. */
function counts(groups: Group<string>[], places: number): Record<string, number> {
  const { kept } = shareOut(groups, places);
  return Object.fromEntries(
    groups.map(({ server }) => [server, kept.filter((tool) => tool.startsWith(`${server}_`)).length]),
  );
}

it.each<[Group<string>[], number, Record<string, number>]>([
  [[group('a', 3), group('b', 4)], 10, { a: 3, b: 4 }],
  [[group('aaa', 200), group('ours', 20, true)], 128, { aaa: 108, ours: 20 }],
  [[group('a', 200), group('b', 200), group('ours', 8, true)], 128, { a: 60, b: 60, ours: 8 }],
  [[group('a', 200), group('b', 5), group('c', 200)], 25, { a: 10, b: 5, c: 10 }],
  [[group('a', 5), group('b', 5)], 5, { a: 3, b: 2 }],
  [[group('a', 5), group('ours', 10, true), group('too', 2, true)], 8, { a: 0, ours: 6, too: 2 }],
  [[], 5, {}],
])('%#: our own first, then fair between servers', (groups, places, expected) => {
  expect(counts(groups, places)).toEqual(expected);
});

it('keeps the first tools of each server, and names who lost some', () => {
  const { kept, shortened } = shareOut([group('a', 4), group('b', 1)], 3);
  expect(kept).toEqual(['a_0', 'a_1', 'b_0']);
  expect(shortened).toEqual([{ server: 'a', kept: 2, of: 4 }]);
});

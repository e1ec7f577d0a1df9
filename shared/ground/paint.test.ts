import { expect, test } from 'vitest';
import { showsColours } from './paint.ts';

test.each([
  [{}, true, true],
  [{}, false, false],
  [{ CI: 'true' }, false, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ NO_COLOR: '1', CI: 'true', FORCE_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ TERM: 'dumb' }, true, false],
])('%j at a terminal: %s shows colours: %s', (env, isTerminal, shown) => {
  expect(showsColours(env, isTerminal)).toBe(shown);
});

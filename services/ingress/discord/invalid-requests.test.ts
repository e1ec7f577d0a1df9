import { expect, test } from 'vitest';
import { createInvalidRequestGuard } from './invalid-requests.ts';
import { urgency } from './pacer.ts';

test('many refusals leave answers only, more leave nothing, and ten minutes later all is well', () => {
  const guard = createInvalidRequestGuard({ answersOnly: 3, nothing: 5 });
  const admits = (level: 0 | 1 | 2 | 3, now: number) => {
    try {
      guard.admit(level, now);
      return true;
    } catch {
      return false;
    }
  };
  for (let index = 0; index < 3; index += 1) guard.note(index === 0 ? 429 : 403, 'user', 1_000);
  guard.note(500, null, 1_000);
  // Limits that others used up do not count.
  guard.note(429, 'shared', 1_000);
  expect([urgency.sign, urgency.answer, urgency.edit].map((level) => admits(level, 2_000))).toEqual([
    false,
    true,
    false,
  ]);
  for (let index = 0; index < 2; index += 1) guard.note(401, null, 2_000);
  expect(admits(urgency.answer, 2_000)).toBe(false);
  expect(admits(urgency.edit, 602_000)).toBe(true);
});

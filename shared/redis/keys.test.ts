import { expect, test } from 'vitest';
import { queueNames } from '#shared/ground/vocabulary.ts';
import { keys, prefix } from './keys.ts';

test('no key is one of a queue: BullMQ cleans its own failed jobs, and would clean our failed runs with them', () => {
  const names = Object.values(keys).map((key) => (typeof key === 'string' ? key : key('x')));
  const ofQueues = queueNames.map((name) => `${prefix}:${name}:`);
  expect(names.filter((name) => ofQueues.some((begin) => name.startsWith(begin)))).toEqual([]);
});

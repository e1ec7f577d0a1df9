import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { queueNames } from '#shared/ground/vocabulary.ts';
import { keys, prefix } from './keys.ts';

test('no key is one of a queue: BullMQ cleans its own failed jobs, and would clean our failed runs with them', () => {
  const names = Object.values(keys).map((key) => (typeof key === 'string' ? key : key('x')));
  const ofQueues = queueNames.map((name) => `${prefix}:${name}:`);
  expect(names.filter((name) => ofQueues.some((begin) => name.startsWith(begin)))).toEqual([]);
});

test('no other file makes the name of a key', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const files = globSync(['services/**/*.ts', 'shared/**/*.ts'], { cwd: root }).filter(
    (file) => !file.endsWith('.test.ts') && !file.endsWith('redis/keys.ts'),
  );
  const makers = files.filter((file) => readFileSync(path.join(root, file), 'utf8').includes('${prefix}:'));
  expect(files.length).toBeGreaterThan(300);
  expect(makers).toEqual([]);
});

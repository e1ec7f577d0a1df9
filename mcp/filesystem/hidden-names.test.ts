import { expect, test } from 'vitest';
import { compileHiddenNames, DEFAULT_HIDDEN_NAMES } from './hidden-names.ts';

test.each([
  ['.env', true],
  ['.ENV.local', true],
  ['.env.example', false],
  ['server.pem', true],
  ['id_rsa', true],
  ['id_rsa.pub', false],
  ['environment', false],
])('%s is hidden: %s', (name, hidden) => {
  expect(compileHiddenNames(DEFAULT_HIDDEN_NAMES)(name)).toBe(hidden);
});

test('a folder of very many long names costs little', () => {
  const isHidden = compileHiddenNames(DEFAULT_HIDDEN_NAMES);
  const started = process.cpuUsage();
  for (let n = 0; n < 50_000; n += 1) isHidden(`${'a'.repeat(230)}${n}.txt`);
  expect(process.cpuUsage(started).user).toBeLessThan(2_000_000);
});

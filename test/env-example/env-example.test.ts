import { expect, test } from 'vitest';
import { renderEnvExample } from './render.ts';
import { readSections } from './variables.ts';

test('everything that .env.example lists says what it is for', async () => {
  expect(await renderEnvExample()).not.toContain('MISSING');
});

test('every variable says what it is for', async () => {
  const silent = (await readSections()).flatMap(({ source, variables }) =>
    variables.filter(({ description }) => description === '').map(({ name }) => `${source}: ${name}`),
  );
  expect(silent).toEqual([]);
});

test('a variable that several services read is described once, so they must agree on its default', async () => {
  const perProcess = new Set(['PORT', 'HOST', 'SHUTDOWN_GRACE_MS', 'TOOL_TIMEOUT_MS']);
  const defaults = new Map<string, Set<string>>();
  for (const { variables } of await readSections()) {
    for (const { name, defaultValue = '' } of variables) {
      if (perProcess.has(name)) continue;
      defaults.set(name, (defaults.get(name) ?? new Set()).add(defaultValue));
    }
  }
  expect([...defaults].filter(([, values]) => values.size > 1).map(([name, values]) => [name, ...values])).toEqual([]);
});

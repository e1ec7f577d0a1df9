import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { renderEnvExample } from './render.ts';
import { readSections } from './variables.ts';

const file = path.resolve(import.meta.dirname, '../../.env.example');

test('.env.example is what the configurations say (else: node test/env-example/write.ts)', async () => {
  const rendered = await renderEnvExample();
  expect(rendered).not.toContain('MISSING');
  expect(readFileSync(file, 'utf8')).toBe(rendered);
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

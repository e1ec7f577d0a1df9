import { expect, test } from 'vitest';
import { z } from 'zod';
import { domainNames, loadDomain } from '#mcp/domains.ts';
import { loadConfig } from '#shared/ground/config.ts';
import { exampleSettings } from './example-settings.ts';

test.each(domainNames)('the examples of %s are enough to make it', async (name) => {
  const { config } = await loadDomain(name);
  expect(() => loadConfig(config, exampleSettings(name, config))).not.toThrow();
});

test('a variable without default and example is named', () => {
  const config = z.object({ GIVEN: z.string().default('x'), NEW_URL: z.url().meta({ description: 'Where' }) });
  expect(() => exampleSettings('new', config)).toThrow(/^mcp\/new\/domain\.ts: NEW_URL has no default and no example/);
});

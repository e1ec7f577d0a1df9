import { expect, test } from 'vitest';
import { estimatedTokens } from '#shared/servers/tool-tokens.ts';
import { manyTools } from '#test/lib/many-tools.ts';
import { findTools, findToolsTokens, search } from './find-tools.ts';
import { tokenCost } from './token-cost.ts';

test.each(manyTools.map((tool) => [tool.name, tool] as const))('%s is found by its own words', (name, tool) => {
  expect(search(manyTools, `${tool.title} ${tool.domain}`, 1_000).found, 'its title').toContain(name);
  expect(search(manyTools, tool.description, 1_000).found, 'its description').toContain(name);
});

test('what is found keeps to its tokens, and the names of the others are told', () => {
  const { found, content } = search(manyTools, 'invoice', 300);
  const costs = manyTools.filter(({ name }) => found.includes(name)).map(tokenCost);
  expect(costs.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(300);
  expect(found.length).toBeGreaterThan(1);
  expect(content).toContain(`from now on: ${found.join(', ')}.`);
  const all = search(manyTools, 'stripe', 300);
  expect(all.content).toMatch(/a search for their name adds: stripe__\w+, /);
  expect(search(manyTools, 'invoice', 1).found).toHaveLength(1);
});

test('without a match the systems are named', () => {
  expect(search(manyTools, 'ωψ', 300)).toEqual({
    found: [],
    content: expect.stringMatching(/^No tool has any of these words\. .*name a system: github, jira, /),
  });
});

test('its own definition stays small, however many systems there are', () => {
  const hidden = Array.from({ length: 300 }, (_, n) => ({ ...manyTools[0]!, domain: `some-system-${n}` }));
  const tool = findTools(hidden);
  expect(tool.description).toMatch(/ and \d+ other systems\.$/);
  expect(tokenCost(tool)).toBeLessThanOrEqual(findToolsTokens);
  expect(estimatedTokens(tool.description)).toBeGreaterThan(60);
});

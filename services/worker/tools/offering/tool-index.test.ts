import { expect, test } from 'vitest';
import { manyTools } from '#test/lib/many-tools.ts';
import { toolIndex } from './tool-index.ts';

const search = (text: string) => toolIndex(manyTools).search([{ text, weight: 1 }]);

test.each(manyTools.map((tool) => [tool.name, tool] as const))('%s is found by its name', (name) => {
  expect(search(`please use ${name} now`)[0]?.name).toBe(name);
});

test.each<[query: string, first: string]>([
  ['Which invoices does this customer have in Stripe?', 'stripe__list_invoice'],
  ['Remove the pods', 'kubernetes__delete_pod'],
  ['list of all sprints', 'jira__list_sprint'],
])('"%s" points to %s', (query, first) => {
  expect(
    search(query)
      .slice(0, 6)
      .map(({ name }) => name),
  ).toContain(first);
});

test('keywords point to tools in other languages, also in other forms of a word', () => {
  const tools = manyTools.slice(0, 3).map((tool) => ({ ...tool, keywords: 'Datenbank Tabelle 数据库 база данных' }));
  for (const text of ['Welche Tabellen hat die Datenbank?', '数据库里有什么', 'Что есть в базе данных?']) {
    expect(toolIndex([...tools, ...manyTools.slice(30)]).search([{ text, weight: 1 }])[0]?.domain, text).toBe('github');
  }
});

test('what weighs more counts more; nothing points to anything without a word in common', () => {
  const [first] = toolIndex(manyTools).search([
    { text: 'payout', weight: 0.3 },
    { text: 'pallet', weight: 1 },
  ]);
  expect(first?.domain).toBe('warehouse');
  expect(search('¿Qué tal?')).toEqual([]);
});

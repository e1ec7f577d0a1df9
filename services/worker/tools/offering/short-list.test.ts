import { expect, test } from 'vitest';
import { estimatedTokens } from '#shared/servers/tool-tokens.ts';
import { manyTools } from '#test/lib/many-tools.ts';
import { present } from '../present.ts';
import type { OfferedTool } from '../toolbox.ts';
import { findToolsName } from './find-tools.ts';
import { shortList, type Interest } from './short-list.ts';

const room = { tokens: 1_500, places: 128 };
const interested = (text: string, more: Partial<Interest> = {}): Interest => ({
  pointers: () => [{ text, weight: 1 }],
  found: [],
  used: new Set(),
  ...more,
});
const namesOf = (tools: OfferedTool[]) => tools.map(({ name }) => name);
const tokensOf = (tools: OfferedTool[]) =>
  present(tools, 'other').reduce((sum, tool) => sum + estimatedTokens(JSON.stringify(tool.function)), 0);

test('when there is room for all, the list is the very same', () => {
  const few = manyTools.slice(0, 10);
  expect(shortList(few, interested('anything'), room)).toBe(few);
});

test.each(['refund this customer', 'hello', '', manyTools.map(({ title }) => title).join(' ')])(
  'for "%.30s" the list keeps to its room and ends with a way to the rest',
  (question) => {
    const told = shortList(manyTools, interested(question), room);
    expect(tokensOf(told)).toBeLessThanOrEqual(room.tokens);
    expect(tokensOf(told)).toBeGreaterThan(room.tokens * 0.8);
    expect(namesOf(told)).toContain(findToolsName);
    expect(namesOf(told)).toEqual(namesOf(told).toSorted());
    expect(namesOf(shortList(manyTools, interested(question), room))).toEqual(namesOf(told));
  },
);

test('the rest is named by its domains', () => {
  const told = shortList(manyTools, interested('pods'), room);
  const { description } = told.find(({ name }) => name === findToolsName)!;
  const hidden = manyTools.length - (told.length - 1);
  const counts = [...description.matchAll(/(\w+) \((\d+)\)/g)].map(([, , count]) => Number(count));
  expect(counts.reduce((sum, each) => sum + each, 0)).toBe(hidden);
  expect(description).toContain('warehouse (');
});

test('what was found, used, is always told of, and what the question points to, are in it', () => {
  const tools = manyTools.map((tool) => ({ ...tool, core: tool.name === 'mailbox__list_label' }));
  const told = shortList(
    tools,
    interested('refund', { found: ['jira__get_epic'], used: new Set(['slack__get_reminder']) }),
    room,
  );
  for (const name of ['jira__get_epic', 'slack__get_reminder', 'mailbox__list_label', 'stripe__list_refund']) {
    expect(namesOf(told)).toContain(name);
  }
});

test('those that are always told of leave half of the room to the question', () => {
  const tools = manyTools.map((tool) => ({ ...tool, core: tool.domain !== 'warehouse' }));
  const told = namesOf(shortList(tools, interested('pallet supplier'), room));
  expect(told.filter((name) => name.startsWith('warehouse'))).toHaveLength(15 - 9);
});

test('a tool that was looked for is told of, however large it is', () => {
  const large = { ...manyTools[0]!, name: 'large', description: 'word '.repeat(200), title: 'x'.repeat(9_000) };
  const schema = { type: 'object', properties: { a: { type: 'string', description: 'long words '.repeat(900) } } };
  const tools = [...manyTools, { ...large, inputSchema: schema }];
  expect(namesOf(shortList(tools, interested('large'), room))).not.toContain('large');
  expect(namesOf(shortList(tools, interested('large', { found: ['large'] }), room))).toContain('large');
});

test('of more tools than a request takes, our own stay and the servers share the rest', () => {
  const small = { description: '', inputSchema: { type: 'object' }, title: '' };
  const aaa = Array.from({ length: 200 }, (_, n) => ({
    ...manyTools[0]!,
    ...small,
    name: `aaa__t${n}`,
    domain: 'aaa',
  }));
  const bbb = Array.from({ length: 200 }, (_, n) => ({
    ...manyTools[0]!,
    ...small,
    name: `bbb__t${n}`,
    domain: 'bbb',
  }));
  const ours = manyTools.slice(0, 15).map((tool) => ({ ...tool, own: true }));
  const told = namesOf(shortList([...aaa, ...bbb, ...ours], interested('hello'), { tokens: 100_000, places: 100 }));
  expect(told).toHaveLength(100);
  expect(told).toEqual(expect.arrayContaining(namesOf(ours)));
  expect(told.filter((name) => name.startsWith('aaa'))).toHaveLength(42);
});

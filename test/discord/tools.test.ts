import { afterAll, beforeAll, expect, test } from 'vitest';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { newestRequest, rawRequest } from '#test/lib/raw-mcp.ts';
import { startToolsRig, type ToolsRig } from './tools-rig.ts';

let rig: ToolsRig;

beforeAll(async () => {
  rig = await startToolsRig({ playground: { rateLimits: false } });
});
afterAll(() => rig[Symbol.asyncDispose]());

test('the tools are listed by the policy, behind the token', async () => {
  const people = { kind: 'discord' as const, id: rig.playground.people.Max, name: 'Max', discordRoles: [] };
  const names = async (caller: Parameters<typeof newestClient>[1]) => {
    const client = await newestClient(rig.runner, caller);
    const { tools } = await client.listTools();
    await client.close();
    return tools.map(({ name }) => name);
  };
  expect(await names({ caller: people })).toEqual([
    'discord_list_channels',
    'discord_read_messages',
    'discord_search_messages',
    'discord_server_info',
  ]);
  expect(await names({ caller: { ...people, kind: 'terminal' } })).toEqual([]);
  const answer = await rawRequest(rig.runner.url, newestRequest('tools/list', {}));
  expect(answer.status).toBe(401);
});

test('a channel is read as it stands: oldest first, replies, other bots, files; the next page by before', async () => {
  const first = rig.say({ channel: 'data', author: 'Ada', content: 'first line\nsecond line' });
  rig.say({ channel: 'data', author: 'Dev', content: 'an answer', replyTo: first.id });
  rig.say({ channel: 'data', author: 'Max', content: '', attachments: [{ filename: 'plan.txt', bytes: 'x' }] });
  const all = await rig.call('discord_read_messages', { channel: '#data' });
  expect(all.text).toMatch(/#data \(\d+\): 3 messages, oldest first/);
  expect(all.text).toContain('Ada');
  expect(all.text).toContain('first line\n    second line');
  expect(all.text).toContain(`in reply to ${first.id}): an answer`);
  expect(all.text).toContain('[attached: plan.txt]');
  const last = await rig.call('discord_read_messages', { channel: 'data', limit: 2 });
  expect(last.text).not.toContain('first line');
  const { before } = last.data as { before: string };
  const older = await rig.call('discord_read_messages', { channel: 'data', before });
  expect((older.data as { messages: { id: string }[] }).messages.map(({ id }) => id)).toEqual([first.id]);
});

test('a role that is taken away counts at the next call', async () => {
  const { controls } = rig;
  rig.say({ channel: 'ops', author: 'Olga', content: 'the pager is loud' });
  expect((await rig.call('discord_read_messages', { channel: 'ops' }, { as: 'Olga' })).text).toContain('pager');
  controls.setRoles('Olga', ['member']);
  const after = await rig.call('discord_read_messages', { channel: 'ops' }, { as: 'Olga' });
  expect(after.failed).toBe(true);
  expect(after.text).not.toContain('pager');
  controls.setRoles('Olga', ['operator', 'member']);
});

test('a post stands as it was allowed, pings nobody, and once per key', async () => {
  const { playground, controls } = rig;
  const args = { channel: playground.channels.general, content: `Hello @everyone <@${playground.people.Dev}>` };
  const one = await rig.call('discord_post_message', args, { as: 'Olga', key: 'k1' });
  expect(one.text).toContain('Posted in #general');
  const two = await rig.call('discord_post_message', args, { as: 'Olga', key: 'k1', repeated: true });
  expect(two.data).toEqual(one.data);
  const posted = controls.messages('general').filter(({ content }) => content === args.content);
  expect(posted).toHaveLength(1);
  const sent = controls.requests().findLast(({ method, path }) => method === 'POST' && path.endsWith('/messages'));
  expect(sent?.body).toMatchObject({ allowed_mentions: { parse: [] }, content: args.content });
  const other = await rig.call('discord_post_message', args, { as: 'Olga', approved: { ...args, content: 'Hi' } });
  expect(other).toMatchObject({ failed: true, outcome: 'not-run' });
});

test('a post of which Discord says nothing is reported as unknown', async () => {
  const { playground, controls } = rig;
  controls.inject({ route: 'POST /channels/*/messages', status: 502, times: 30 });
  const args = { channel: playground.channels.general, content: 'Perhaps' };
  const answer = await rig.call('discord_post_message', args, { as: 'Olga', key: 'k2' });
  controls.clearFaults();
  expect(answer).toMatchObject({ failed: true, outcome: 'unknown' });
}, 120_000);

test('a search goes back evenly over all readable channels, and says how far', async () => {
  for (let n = 0; n < 130; n += 1) rig.say({ channel: 'general', author: 'Dev', content: `noise ${n}` });
  rig.say({ channel: 'data', author: 'Ada', content: 'the Ｄeploy is green' });
  rig.say({ channel: 'ops', author: 'Olga', content: 'deploy of the secret thing' });
  const found = await rig.call('discord_search_messages', { query: 'DEPLOY' });
  expect(found.text).toContain('the Ｄeploy is green');
  expect(found.text).not.toContain('secret thing');
  expect(found.text).toContain('there are no older ones in them');
  const byAuthor = await rig.call('discord_search_messages', { query: 'noise', author: 'Dev', limit: 5 });
  const { messages, before } = byAuthor.data as { messages: { text: string }[]; before: string };
  expect(messages.map(({ text }) => text)).toEqual(['noise 129', 'noise 128', 'noise 127', 'noise 126', 'noise 125']);
  const next = await rig.call('discord_search_messages', { query: 'noise', limit: 1, before });
  expect((next.data as { messages: { text: string }[] }).messages[0]?.text).toBe('noise 124');
});

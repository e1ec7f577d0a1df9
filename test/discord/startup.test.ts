import { afterAll, beforeAll, expect, test } from 'vitest';
import { lackingIn } from '#services/ingress/startup/permissions.ts';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false }, start: false });
});

afterAll(() => rig[Symbol.asyncDispose]());

const messageContent = 1 << 15;

test('a wrong token is told by the variable’s name', async () => {
  await expect(rig.start({ DISCORD_TOKEN: 'wrong-token-of-nobody' })).rejects.toThrow(
    /^DISCORD_TOKEN: Discord does not accept it/,
  );
});

test('without the message content intent it starts all the same, and answers mentions and direct messages', async () => {
  rig.controls.setPrivilegedIntents(0);
  await rig.start();
  expect(rig.controls.sessions().every(({ intents }) => (intents & messageContent) === 0)).toBe(true);
  await (await rig.work(rig.ask('hello').id)).end('Hi.');
  const dm = rig.say({ channel: '@Olga', author: 'Olga', content: 'in private' });
  expect((await rig.work(dm.id)).request.text).toBe('in private');
  await rig.stop();
  rig.controls.setPrivilegedIntents(messageContent);
});

test('missing permissions are found by channel, with what is lost without them', async () => {
  rig.controls.permit('data', 'Dragoman', { deny: ['SEND_MESSAGES', 'ADD_REACTIONS'] });
  const { client } = await rig.start();
  const [guild] = client.guilds.cache.values();
  const lacking = guild ? lackingIn(guild) : [];
  expect(lacking).toContainEqual({
    guild: 'Dragoman Demo',
    permission: 'Send Messages',
    without: 'I cannot answer there',
    channels: ['data'],
  });
  expect(lacking.map(({ permission }) => permission)).toContain('Add Reactions');
  await rig.stop();
  rig.controls.unpermit('data', 'Dragoman');
});

test('Discord that is away at the start is waited for', async () => {
  rig.controls.inject({ route: 'GET /applications/@me', status: 503, times: 1 });
  rig.controls.inject({ route: 'GET /gateway/bot', status: 503, times: 2 });
  const { client } = await rig.start();
  expect(client.isReady()).toBe(true);
});

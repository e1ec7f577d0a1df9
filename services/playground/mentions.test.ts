import { beforeAll, expect, test } from 'vitest';
import type { MessageMentionOptions } from 'discord.js';
import { startPlayground, type Playground } from './start.ts';
import { startTestBot, type TestBot } from './testing/bot.ts';

let playground: Playground;
let bot: TestBot;

beforeAll(async () => {
  playground = await startPlayground({ rateLimits: false });
  bot = await startTestBot(playground);
  return async () => {
    await bot[Symbol.asyncDispose]();
    await playground[Symbol.asyncDispose]();
  };
});

/** The names of the people whom the bot's message notified. */
async function pinged(content: string, allowedMentions?: MessageMentionOptions, replyTo?: string): Promise<string[]> {
  const sent = await bot.channel('general').send({
    content,
    ...(allowedMentions && { allowedMentions }),
    ...(replyTo !== undefined && { reply: { messageReference: replyTo } }),
  });
  const names = Object.fromEntries(Object.entries(playground.people).map(([name, id]) => [id, name]));
  return playground.controls
    .message(sent.id)
    .pings.map((id) => names[id] ?? id)
    .toSorted();
}

test('without allowed_mentions the text decides, but code and escaped mentions do not count', async () => {
  const { people } = playground;
  expect(await pinged(`<@${people.Ada}> and \`<@${people.Max}>\` and \\<@${people.Dev}>`)).toEqual(['Ada']);
});

test('an empty parse pings nobody, whatever the text says', async () => {
  const { people, roles } = playground;
  expect(await pinged(`<@${people.Ada}> <@&${roles.operator}> @everyone`, { parse: [] })).toEqual([]);
});

test('listed people are pinged and others are not', async () => {
  const { people } = playground;
  expect(await pinged(`<@${people.Ada}> <@${people.Max}>`, { users: [people.Max] })).toEqual(['Max']);
});

test('a mentionable role pings its members, one that is not pings nobody', async () => {
  const { roles } = playground;
  expect(await pinged(`<@&${roles.operator}>`)).toEqual(['Olga']);
  expect(await pinged(`<@&${roles.member}>`)).toEqual([]);
});

test('@everyone needs the right to it', async () => {
  expect(await pinged('@everyone')).toEqual([]);
  playground.controls.permit('general', 'Dragoman', { allow: ['MENTION_EVERYONE'] });
  expect(await pinged('@everyone')).toEqual(['Ada', 'Dev', 'Guest', 'Max', 'Olga']);
  expect(await pinged('@everyone', { parse: ['users'] })).toEqual([]);
  playground.controls.unpermit('general', 'Dragoman');
});

test('a reply pings the author unless told otherwise', async () => {
  const { id } = playground.controls.say({ channel: 'general', author: 'Dev', content: 'ping me' });
  expect(await pinged('reply', undefined, id)).toEqual(['Dev']);
  expect(await pinged('reply', { repliedUser: false }, id)).toEqual([]);
  expect(await pinged('reply', { parse: [], repliedUser: true }, id)).toEqual(['Dev']);
});

import { ChannelType, MessageType, ThreadAutoArchiveDuration, type Message, type ThreadChannel } from 'discord.js';
import { expect, test } from 'vitest';
import { startPlayground } from './start.ts';
import { nextEvent, refusalOf, startTestBot } from './testing/bot.ts';

test('a thread of a person is announced before its messages, which come at once', async () => {
  await using playground = await startPlayground();
  const { controls } = playground;
  await using bot = await startTestBot(playground);
  const created = nextEvent<ThreadChannel>(bot.client, 'threadCreate');
  const notice = nextEvent<Message>(bot.client, 'messageCreate');
  const id = controls.startThread({ channel: 'general', author: 'Ada', name: 'talk' });
  expect((await created).id).toBe(id);
  expect(await notice).toMatchObject({ type: MessageType.ThreadCreated, content: 'talk' });
  const heard = nextEvent<Message>(bot.client, 'messageCreate');
  controls.say({ channel: id, author: 'Ada', content: 'in the thread' });
  const message = await heard;
  expect(message.channel.isThread()).toBe(true);
  await message.reply('here too');
  await controls.waitFor((m) => m.channelId === id && m.content === 'here too');
});

test('a thread from a message has its id; the message shows it', async () => {
  await using playground = await startPlayground();
  const { controls } = playground;
  await using bot = await startTestBot(playground);
  const asked = controls.say({ channel: 'general', author: 'Dev', content: 'start here' });
  const message = await bot.channel('general').messages.fetch(asked.id);
  const thread = await message.startThread({
    name: 'Question',
    autoArchiveDuration: ThreadAutoArchiveDuration.OneHour,
  });
  expect(thread.id).toBe(asked.id);
  expect(controls.message(asked.id).threadId).toBe(asked.id);
  const again = bot.client.rest.post(`/channels/${message.channelId}/messages/${asked.id}/threads`, {
    body: { name: 'x' },
  });
  expect(await refusalOf(again)).toEqual({ status: 400, code: 160004 });
});

test('writing in an archived thread opens it again', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  const thread = await bot.channel('general').threads.create({ name: 't', type: ChannelType.PublicThread });
  await thread.setArchived(true);
  expect((await thread.fetch()).archived).toBe(true);
  await thread.send('still there?');
  expect((await thread.fetch(true)).archived).toBe(false);
});

test('a private thread is for its members; threads that exist come at login', async () => {
  await using playground = await startPlayground({ rateLimits: false });
  const { controls, botId } = playground;
  const open = controls.startThread({ channel: 'general', author: 'Ada', name: 'open' });
  const hidden = controls.startThread({ channel: 'general', author: 'Ada', name: 'hidden', private: true });
  await using bot = await startTestBot(playground);
  expect(bot.client.channels.cache.has(open)).toBe(true);
  expect(bot.client.channels.cache.has(hidden)).toBe(false);
  const created = nextEvent<ThreadChannel>(bot.client, 'threadCreate');
  controls.joinThread(hidden, botId);
  expect((await created).id).toBe(hidden);
  expect(() => controls.say({ channel: hidden, author: 'Max', content: 'let me in' })).toThrow(/cannot see/);
});

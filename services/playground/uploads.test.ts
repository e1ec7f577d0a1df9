import { AttachmentBuilder, type Message } from 'discord.js';
import { expect, test } from 'vitest';
import { startPlayground } from './start.ts';
import { nextEvent, refusalOf, startTestBot } from './testing/bot.ts';

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

test('a file that the bot sends can be fetched, byte for byte, without a token', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  const bytes = Buffer.from('a,b\n1,ü\n');
  const file = new AttachmentBuilder(bytes, { name: 'table.csv', description: 'A table' });
  const sent = await bot.channel('general').send({ content: 'here', files: [file] });
  const attachment = sent.attachments.first();
  expect(attachment).toMatchObject({ name: 'table.csv', size: bytes.length, description: 'A table' });
  expect(attachment?.contentType).toBe('text/csv; charset=utf-8');
  const response = await fetch(attachment?.url ?? '');
  expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
  expect((await fetch(`${attachment?.url}x`)).status).toBe(404);
});

test('an edit keeps the files it lists, and those alone', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  const files = ['one.txt', 'two.txt'].map((name) => new AttachmentBuilder(Buffer.from(name), { name }));
  const sent = await bot.channel('general').send({ files });
  const kept = [...sent.attachments.values()].slice(1);
  const added = new AttachmentBuilder(Buffer.from('three'), { name: 'three.txt' });
  const edited = await sent.edit({ attachments: kept, files: [added] });
  expect(edited.attachments.map(({ name }) => name)).toEqual(['two.txt', 'three.txt']);
});

test('a picture of a person brings its size', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  const heard = nextEvent<Message>(bot.client, 'messageCreate');
  const attachments = [{ filename: 'dot.png', bytes: PIXEL }];
  playground.controls.say({ channel: 'general', author: 'Ada', attachments });
  const attachment = (await heard).attachments.first();
  expect(attachment).toMatchObject({ contentType: 'image/png', width: 1, height: 1 });
});

test('a file that is too large is refused', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  const file = new AttachmentBuilder(Buffer.alloc(10 * 1024 * 1024 + 1), { name: 'big.bin' });
  expect(await refusalOf(bot.channel('general').send({ files: [file] }))).toEqual({ status: 413, code: 40005 });
});

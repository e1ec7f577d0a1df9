import { afterAll, expect, test } from 'vitest';
import { startLiveRig } from './live-rig.ts';

const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
const blind = await startLiveRig({ model: { models: ['default'], sees: false } });
const silent = await startLiveRig({ model: { models: ['default'] } });
afterAll(() => Promise.all([blind, silent].map((rig) => rig[Symbol.asyncDispose]())));

const file = { filename: 'a.png', bytes: pixel, contentType: 'image/png' };

/** The answer, with what stands beneath it. */
async function told(rig: typeof blind, question: string, where: { channel: string; author: string }, files = [file]) {
  const mention = where.channel.startsWith('@') ? '' : `<@${rig.playground.botId}> `;
  const { id } = rig.say({ ...where, content: mention + question, attachments: files });
  const answer = await rig.controls.waitFor(({ replyTo, components }) => {
    return replyTo === id && JSON.stringify(components).includes('"retry:');
  });
  return answer.content;
}

test('a model that the gateway says to see no pictures: the person is told, in their language', async () => {
  blind.controls.setLocale({ person: 'Max' }, 'fr');
  await blind.controls.command({ channel: '@Max', author: 'Max', name: 'help' }).outcome();
  const answer = await told(blind, 'what is this?', { channel: '@Max', author: 'Max' });
  expect(answer).toMatch(/ℹ️ Le modèle [\w-]+ ne voit pas les images : il répond sans celle/);
});

test('without a picture, or where the gateway does not say, nothing is told', async () => {
  const place = { channel: 'general', author: 'Ada' };
  expect(await told(blind, 'no picture', place, [])).not.toContain('does not see');
  expect(await told(silent, 'a picture', place)).not.toContain('does not see');
});

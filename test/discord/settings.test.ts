import { afterAll, beforeAll, expect, test } from 'vitest';
import { replayRun } from '#shared/run/replay.ts';
import { changeSettings, settingsOf } from '#shared/settings/change-settings.ts';
import { savePersona } from '#shared/settings/personas.ts';
import { ownerOf } from '#shared/settings/scopes.ts';
import { playWorker } from './played-worker.ts';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;
const admin = { kind: 'terminal' as const, id: 'olga', name: 'olga' };
const guild = () => rig.playground.guildId;
const general = () => rig.playground.channels.general;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false } });
});
afterAll(() => rig[Symbol.asyncDispose]());

test('what is set goes with the question, as it stood when that was accepted', async () => {
  await savePersona(rig.redis, guild(), { name: 'Pirate', text: 'You are a pirate.' }, admin);
  await changeSettings(
    rig.redis,
    `server:${guild()}`,
    { prompt: 'Be kind.', persona: 'pirate', model: 'small' },
    admin,
  );
  await changeSettings(rig.redis, `channel:${general()}`, { prompt: 'Speak of ships.', footer: 'off' }, admin);
  const person = `discord:${rig.playground.people.Ada}`;
  await changeSettings(rig.redis, `person:${person}`, { prompt: 'I am new.' }, admin);
  await changeSettings(rig.redis, ownerOf('once', { channel: general(), person }) ?? '', { model: 'big' }, admin);
  const first = await rig.work(rig.ask('Ahoy?').id);
  expect(first.request).toMatchObject({
    model: 'big',
    prompt: {
      channel: 'general',
      layers: [
        { of: 'persona', text: 'You are a pirate.' },
        { of: 'server', text: 'Be kind.' },
        { of: 'channel', text: 'Speak of ships.' },
        { of: 'person', text: 'I am new.' },
      ],
    },
    discord: { display: { footer: 'off' } },
  });
  expect(first.request.prompt?.server).toBeTruthy();
  await first.end('Arr.');
  const shown = await rig.controls.waitFor(({ content }) => content.includes('Arr.'));
  expect(shown.content).not.toContain('played');
  await changeSettings(rig.redis, `channel:${general()}`, { prompt: 'Speak of trains.' }, admin);
  await replayRun({ redis: rig.redis, queues: rig.queues }, first.id, { from: 'start', by: 'olga' });
  const again = await until(
    'it is replayed',
    async () => (await rig.requests()).find(({ replayOf }) => replayOf === first.id) ?? false,
  );
  expect(again).toMatchObject({ model: 'big', prompt: first.request.prompt });
  await (await playWorker(rig.redis, rig.queues, again.id)).end('Arr again.');
  await changeSettings(rig.redis, `channel:${general()}`, { prompt: 'Speak of ships.' }, admin);
  const second = await rig.work(rig.ask('Again?').id);
  expect(second.request.model).toBe('small');
  await second.end('Aye.');
});

test('a thread has what its channel has, and others have nothing of a channel', async () => {
  const thread = rig.controls.startThread({ channel: 'general', author: 'Ada', name: 'ships' });
  await changeSettings(rig.redis, `thread:${thread}`, { prompt: 'Only masts.' }, admin);
  const inThread = await rig.work(rig.ask('Mast?', { channel: thread, author: 'Max' }).id);
  expect(inThread.request.prompt?.layers.map(({ text }) => text)).toEqual([
    'You are a pirate.',
    'Be kind.',
    'Speak of ships.',
    'Only masts.',
  ]);
  await inThread.end('One.');
  const used = rig.controls.command({
    channel: 'data',
    author: 'Max',
    name: 'ask',
    options: { question: 'Elsewhere?' },
  });
  const elsewhere = await rig.work(used.id);
  expect(elsewhere.request.prompt?.layers.map(({ of }) => of)).toEqual(['persona', 'server']);
  await elsewhere.end('Yes.');
});

test('where the server wants no answers there are none, and /why says so', async () => {
  await changeSettings(rig.redis, `server:${guild()}`, { channels: [rig.playground.channels.data] }, admin);
  const asked = rig.ask('Hello?', { author: 'Dev' });
  const why = async () => {
    const used = rig.controls.command({ channel: 'general', author: 'Dev', name: 'why' });
    return (await used.outcome()).message?.content ?? '';
  };
  await until('the message is judged', async () => (await why()).includes('`channel-not-chosen`'));
  const used = rig.controls.command({ channel: 'general', author: 'Dev', name: 'ask', options: { question: 'Here?' } });
  expect((await used.outcome()).message?.content).toBe(
    `I do not answer here, only in <#${rig.playground.channels.data}>.`,
  );
  expect((await rig.requests()).map(({ text }) => text)).not.toContain('Hello?');
  const there = await rig.work(rig.ask('Hello there?', { author: 'Dev', channel: 'data' }).id);
  await there.end('Hello.');
  expect(rig.controls.messages('general').some(({ replyTo }) => replyTo === asked.id)).toBe(false);
  await changeSettings(rig.redis, `server:${guild()}`, { channels: undefined }, admin);
  expect(Object.keys(await settingsOf(rig.redis, `server:${guild()}`))).not.toContain('channels');
});

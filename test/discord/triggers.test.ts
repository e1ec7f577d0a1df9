import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { discordRunId } from '#shared/run/request.ts';
import { readRun } from '#shared/run/record.ts';
import { stopOf } from './played-worker.ts';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({
    playground: { rateLimits: false },
    environment: { DISCORD_BURST_MS: '150' },
    prepare({ controls }) {
      controls.addPerson({ name: 'OtherBot', bot: true });
      return {
        DISCORD_PEOPLE_DENY: controls.addPerson({ name: 'Banned' }),
        DISCORD_CHANNELS_DENY: controls.addChannel({ name: 'quiet' }),
      };
    },
  });
});

beforeEach(async () => {
  // One person's unanswered questions are limited, so each test begins with none.
  await rig.redis.flushall();
});

afterAll(() => rig[Symbol.asyncDispose]());

/** What `/why` says of a message. */
async function why(message: string, author = 'Ada', channel = 'general'): Promise<string> {
  const used = rig.controls.command({ channel, author, name: 'why', options: { message } });
  return (await used.outcome()).message?.content ?? '';
}

/** Checks that the message was dealt with and started no run. */
async function dropped(message: { id: string }, gate: string, channel = 'general', author = 'Ada'): Promise<void> {
  const text = await why(message.id, author, channel);
  expect(text).toContain(`\`${gate}\``);
  expect(await readRun(rig.redis, discordRunId(message.id))).toBeUndefined();
}

test('a mention of the bot, of its role, a reply to it and a direct message each become a run', async () => {
  const say = rig.say;
  const mention = rig.ask('one');
  const role = say({ channel: 'data', author: 'Dev', content: `<@&${rig.playground.roles.bot}> two` });
  const dm = say({ channel: '@Olga', author: 'Olga', content: 'three' });
  expect((await rig.work(mention.id)).request).toMatchObject({
    text: 'one',
    caller: { id: rig.playground.people.Ada },
  });
  expect((await rig.work(role.id)).request.text).toBe('two');
  const run = await rig.work(dm.id);
  expect(run.request).toMatchObject({ text: 'three', conversation: `discord:${dm.channelId}` });
  expect(run.request.caller.discordRoles).toEqual([]);
  await run.end('Here.');
  const answer = await rig.controls.waitFor(({ replyTo }) => replyTo === dm.id);
  const follow = say({ channel: 'data', author: 'Max', content: 'not addressed', ping: false });
  const reply = rig.controls.say({
    channel: '@Olga',
    author: 'Olga',
    content: 'more',
    replyTo: answer.id,
    ping: false,
  });
  expect((await rig.work(reply.id)).request.text).toBe('more');
  await dropped(follow, 'not-addressed', 'data', 'Max');
});

test('a reply to the bot in a channel counts without a ping; a reply to somebody else does not', async () => {
  const asked = rig.ask('first');
  const run = await rig.work(asked.id);
  await run.answered('The answer.');
  await run.end('The answer.');
  const answer = await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
  const say = rig.say;
  const reply = say({ channel: 'general', author: 'Max', content: 'and then?', replyTo: answer.id, ping: false });
  const { request } = await rig.work(reply.id);
  expect(request.text).toBe('and then?');
  expect(request.context).toEqual([
    { role: 'user', name: 'Ada', content: 'first' },
    { role: 'assistant', content: 'The answer.' },
  ]);
  await dropped(say({ channel: 'general', author: 'Dev', content: 'well', replyTo: asked.id }), 'not-addressed');
});

test('in a thread the bot takes part in, messages need no mention unless they are meant for others', async () => {
  const thread = rig.controls.startThread({ channel: 'general', author: 'Ada', name: 'plans' });
  const first = rig.controls.say({ channel: thread, author: 'Ada', content: `<@${rig.playground.botId}> hello` });
  const run = await rig.work(first.id);
  await run.end('Hi.');
  await rig.controls.waitFor(({ replyTo }) => replyTo === first.id);
  const next = rig.controls.say({ channel: thread, author: 'Max', content: 'and me?' });
  const { request } = await rig.work(next.id);
  expect(request.conversation).toBe(`discord:${thread}`);
  expect(request.context?.map(({ content }) => content)).toEqual(['hello', 'Hi.']);
  const other = rig.controls.say({ channel: thread, author: 'Max', content: `<@${rig.playground.people.Dev}> you?` });
  await dropped(other, 'not-addressed', thread);
});

test('bots, denied channels and denied people are not answered, and /why names the gate', async () => {
  const say = rig.say;
  const content = `<@${rig.playground.botId}> hi`;
  await dropped(say({ channel: 'general', author: 'OtherBot', content }), 'not-a-person');
  await dropped(say({ channel: 'quiet', author: 'Ada', content }), 'channel-denied', 'quiet');
  await dropped(say({ channel: 'general', author: 'Banned', content }), 'person-denied');
});

test('messages that a person writes in a row are one question', async () => {
  const first = rig.ask('show me', { author: 'Max' });
  rig.controls.say({ channel: 'general', author: 'Max', content: 'the tables' });
  const last = rig.controls.say({ channel: 'general', author: 'Max', content: 'of shop' });
  rig.controls.say({ channel: 'general', author: 'Dev', content: 'something else' });
  const { request } = await rig.work(first.id);
  expect(request.text).toBe('show me\n\nthe tables\n\nof shop');
  expect(request.discord?.message).toBe(last.id);
  expect(await why(last.id)).toContain(request.id);
});

test('a mention without text is answered with help, and makes no run', async () => {
  const asked = rig.ask('', { author: 'Dev' });
  const help = await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
  expect(help.content).toContain('/ask');
  expect(await rig.requests()).toEqual([]);
  expect(await why(asked.id, 'Dev')).toContain('`empty`');
});

test('a mention that stands in code addresses nobody', async () => {
  const { botId } = rig.playground;
  for (const code of [`\`<@${botId}> hello\``, `\n\`\`\`\n<@${botId}> hello\n\`\`\`\n`]) {
    await dropped(rig.say({ channel: 'general', author: 'Max', content: `Write ${code} to ask.` }), 'not-addressed');
  }
});

test('who has too many unanswered questions is told once, and nothing is queued for them', async () => {
  for (let index = 0; index < 10; index += 1) {
    await rig.work(rig.ask(`question ${index}`, { author: 'Guest' }).id);
  }
  const over = rig.ask('one more', { author: 'Guest' });
  const told = await rig.controls.waitFor(({ replyTo }) => replyTo === over.id);
  expect(told.content).toContain('10 unanswered questions');
  expect(await why(over.id, 'Guest')).toContain('`too-many`');
  expect(await rig.requests()).toHaveLength(10);
});

test('a question that is deleted before it came, or on its way in, is not answered; an edit on its way in is heard', async () => {
  rig.controls.injectEvent({ kind: 'reorder', t: 'MESSAGE_CREATE' });
  const early = rig.ask('too late', { author: 'Dev', channel: 'data' });
  rig.controls.deleteMessage(early.id);

  const thread = rig.controls.startThread({ channel: 'general', author: 'Olga', name: 'Slow' });
  await rig.work(rig.ask('begin', { author: 'Olga', channel: thread }).id);
  const { delay: before = 0 } = rig.controls.faultHits();
  rig.controls.inject({ route: `GET /channels/${thread}/messages`, delayMs: 500, times: 2 });
  const asked = rig.ask('never mind', { author: 'Olga', channel: thread });
  await until('its context is being read', () => (rig.controls.faultHits()['delay'] ?? 0) > before);
  rig.controls.deleteMessage(asked.id);
  const stopped = async () => (await readRun(rig.redis, discordRunId(asked.id)))?.outcome === 'stopped';
  await until(
    'its run is stopped',
    async () => (await stopped()) || (await stopOf(rig.redis, discordRunId(asked.id))) !== undefined,
  );

  const { delay: again = 0 } = rig.controls.faultHits();
  rig.controls.inject({ route: `GET /channels/${thread}/messages`, delayMs: 500, times: 2 });
  const edited = rig.ask('how many cats', { author: 'Olga', channel: thread });
  await until('its context is being read', () => (rig.controls.faultHits()['delay'] ?? 0) > again);
  rig.controls.editMessage(edited.id, `<@${rig.playground.botId}> how many dogs`);
  await rig.controls.waitFor(({ components }) =>
    JSON.stringify(components).includes(`rerun:${discordRunId(edited.id)}`),
  );
  rig.controls.clearFaults();
  expect(await readRun(rig.redis, discordRunId(early.id))).toBeUndefined();
});

test('an edit before the question is taken counts; a deleted question makes no run, or ends it', async () => {
  const edited = rig.ask('wrong', { author: 'Olga' });
  rig.controls.editMessage(edited.id, `<@${rig.playground.botId}> right`);
  const run = await rig.work(edited.id);
  expect(run.request.text).toBe('right');
  const gone = rig.ask('never mind', { author: 'Dev', channel: 'data' });
  rig.controls.deleteMessage(gone.id);
  rig.controls.deleteMessage(edited.id);
  await until('the run is told to stop', async () => (await stopOf(rig.redis, run.id)) ?? false);
  expect(await readRun(rig.redis, discordRunId(gone.id))).toBeUndefined();
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimRun } from '#shared/run/claim.ts';
import { endRun } from '#shared/run/end.ts';
import { readRun } from '#shared/run/record.ts';
import { discordRunId } from '#shared/run/request.ts';
import { keys } from '#shared/redis/keys.ts';
import { replayRun } from '#shared/run/replay.ts';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false }, environment: { DISCORD_CONTEXT_MESSAGES: '10' } });
});

afterAll(() => rig[Symbol.asyncDispose]());

async function begin(channel: string, author: string): Promise<string> {
  const outcome = await rig.controls.command({ channel, author, name: 'new' }).outcome();
  expect(outcome.message?.visibleTo).toBeDefined();
  return outcome.message?.content ?? '';
}

interface Held {
  id: string;
  /** What the model would get of the conversation. */
  history: string[];
  /** Ends the run as the worker does, with its lines for the history. */
  answer(text: string): Promise<void>;
}

/** Takes the run of a message or interaction as a worker does. */
async function hold(messageId: string): Promise<Held> {
  const id = discordRunId(messageId);
  return holdRun(id);
}

async function holdRun(id: string): Promise<Held> {
  const { request } = await until(`run ${id} is accepted`, async () => (await readRun(rig.redis, id)) ?? false);
  const claim = await claimRun({ redis: rig.redis, queues: rig.queues }, id, 'played');
  if (claim.state !== 'claimed') throw new Error(`run ${id} is ${claim.state}`);
  const before =
    request.context?.map(({ content }) => content) ?? (await rig.redis.lrange(keys.history(claim.history), 0, -1));
  return {
    id,
    history: before,
    async answer(text) {
      const usage = { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false };
      const end = { usage, models: [], tools: [], iterations: 1, durationMs: 1 };
      const lines = request.context ? [] : [request.text, text];
      await endRun(
        { redis: rig.redis, queues: rig.queues },
        request,
        claim,
        { type: 'run.ended', outcome: 'answered', text, ...end },
        { history: { name: claim.history, lines, keep: 100, ttlMs: 3_600_000 } },
      );
      await rig.controls.waitFor(({ content }) => content.includes(text.slice(-20)));
    },
  };
}

test('in a channel it concerns the person’s own conversation there, and no other', async () => {
  await (await hold(rig.ask('ada one', { author: 'Ada' }).id)).answer('To ada one.');
  await (await hold(rig.ask('dev one', { author: 'Dev' }).id)).answer('To dev one.');
  await (await hold(rig.ask('ada in data', { author: 'Ada', channel: 'data' }).id)).answer('To ada in data.');
  expect(await begin('general', 'Ada')).toContain('A new conversation');
  const fresh = await hold(rig.ask('ada two', { author: 'Ada' }).id);
  expect(fresh.history).toEqual([]);
  await fresh.answer('To ada two.');
  const next = await hold(rig.ask('ada three', { author: 'Ada' }).id);
  expect(next.history).toEqual(['ada two', 'To ada two.']);
  await next.answer('To ada three.');
  const dev = await hold(rig.ask('dev two', { author: 'Dev' }).id);
  expect(dev.history).toEqual(['dev one', 'To dev one.']);
  await dev.answer('To dev two.');
  const data = await hold(rig.ask('ada in data again', { author: 'Ada', channel: 'data' }).id);
  expect(data.history).toEqual(['ada in data', 'To ada in data.']);
  await data.answer('To ada in data again.');
});

test('what was accepted before goes on with its context, and does not come back into the new conversation', async () => {
  const dm = (text: string) => rig.say({ channel: '@Olga', author: 'Olga', content: text }).id;
  await (await hold(dm('first'))).answer('To first.');
  const running = await hold(dm('running'));
  const queued = dm('queued');
  await until('it is accepted', async () => (await readRun(rig.redis, discordRunId(queued))) ?? false);
  expect(await begin('@Olga', 'Olga')).toContain('2 earlier questions are answered first');
  const after = dm('after');
  await until('it is accepted', async () => (await readRun(rig.redis, discordRunId(after))) ?? false);
  expect(running.history).toEqual(['first', 'To first.']);
  await running.answer('To running.');
  const next = await hold(queued);
  expect(next.history).toEqual(['first', 'To first.', 'running', 'To running.']);
  await next.answer('To queued.');
  const fresh = await hold(after);
  expect(fresh.history).toEqual([]);
  await fresh.answer('To after.');
  const last = await hold(dm('last'));
  expect(last.history).toEqual(['after', 'To after.']);
  await last.answer('To last.');
});

test('an old question that is asked again belongs to its own conversation still', async () => {
  const asked = rig.ask('about whales', { author: 'Max' });
  const old = await hold(asked.id);
  await old.answer('Whales are big.');
  await begin('general', 'Max');
  const replayed = await replayRun({ redis: rig.redis, queues: rig.queues }, old.id, { from: 'start', by: 'Max' });
  const again = await holdRun('runId' in replayed ? replayed.runId : '');
  expect(again.history).toEqual(['about whales', 'Whales are big.']);
  await again.answer('Whales are huge.');
  const fresh = await hold(rig.ask('and now?', { author: 'Max' }).id);
  expect(fresh.history).toEqual([]);
  await fresh.answer('Nothing.');
});

test('in a thread nothing older is read, nor an answer to it that comes later, but what a person replies to', async () => {
  const opener = rig.ask('opener', { author: 'Ada', channel: 'data' });
  await (await hold(opener.id)).answer('To opener.');
  const thread = rig.controls.startThread({ channel: 'data', author: 'Ada', name: 'talk', messageId: opener.id });
  const ask = (text: string, replyTo?: string) =>
    rig.ask(text, { channel: thread, author: 'Ada', ...(replyTo !== undefined && { replyTo }) }).id;
  await (await hold(ask('old question'))).answer('Old answer.');
  const running = await hold(ask('old running'));
  const command = rig.controls.command({ channel: thread, author: 'Dev', name: 'ask', options: { question: 'old?' } });
  await until('it is accepted', async () => (await readRun(rig.redis, discordRunId(command.id))) ?? false);
  expect(await begin(thread, 'Dev')).toContain('for everybody in this thread');
  await running.answer(`Late answer. ${'word '.repeat(500)} The end of it.`);
  await (await hold(command.id)).answer('Late answer to a command.');
  rig.say({ channel: thread, author: 'Max', content: 'new remark' });
  const fresh = await hold(ask('new question'));
  expect(fresh.history).toEqual(['new remark']);
  await fresh.answer('New answer.');
  const old = rig.controls.messages(thread).find(({ content }) => content.startsWith('Old answer.'));
  const back = await hold(ask('back to that', old?.id));
  expect(back.history).toEqual(['old question', 'Old answer.', 'new remark', 'new question', 'New answer.']);
  await back.answer('Back.');
  const on = await hold(ask('and on'));
  expect(on.history).toEqual(['new remark', 'new question', 'New answer.', 'back to that', 'Back.']);
  await on.answer('On.');
});

test('a question whose context was read before it began is read anew', async () => {
  const asked = rig.ask('reply me', { author: 'Guest' });
  await (await hold(asked.id)).answer('To reply me.');
  const thread = rig.controls.startThread({ channel: 'general', author: 'Guest', name: 'race', messageId: asked.id });
  rig.say({ channel: thread, author: 'Max', content: 'before' });
  rig.controls.inject({ route: `GET /channels/${thread}/messages`, delayMs: 2_000, times: 1 });
  rig.controls.clearRequests();
  const question = rig.ask('who sees what?', { channel: thread, author: 'Guest' });
  const reading = ({ path }: { path: string }) => path.startsWith(`/channels/${thread}/messages`);
  await until('the thread is being read', () => rig.controls.requests().some(reading));
  await begin(thread, 'Guest');
  const run = await hold(question.id);
  expect(run.history).toEqual([]);
  await run.answer('Nobody.');
});

test('where the bot does not answer it does nothing', async () => {
  await rig.stop();
  await rig.start({ DISCORD_CHANNELS_DENY: rig.playground.channels.data });
  expect(await begin('data', 'Ada')).toContain('I do not answer here.');
  const conversation = `discord:${rig.playground.channels.data}:${rig.playground.people.Ada}`;
  expect(await rig.redis.exists(keys.talk(conversation))).toBe(0);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { saveMemory } from '#shared/memory/store.ts';
import { keys } from '#shared/redis/keys.ts';
import { readTalkLines, type TalkMessage } from '#shared/run/talk-lines.ts';
import { changeSettings } from '#shared/settings/change-settings.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { messageText } from '#test/model/turn.ts';
import { startLiveRig, type LiveRig } from './live-rig.ts';
import { until } from './rig.ts';

// What people see and change of what the bot knows of a conversation, with a real worker.

let rig: LiveRig;

beforeAll(async () => {
  rig = await startLiveRig({
    model: { models: ['small'], window: 4_000 },
    worker: { toolbox: createPlayedToolbox({}) },
    workerSettings: { MODEL_NAME: 'small', HISTORY_MAX_MESSAGES: '1000' },
  });
  rig.model.handle(({ body, user }) =>
    messageText(body.messages[0]).includes('You condense the earlier part')
      ? { text: 'Notes: they speak of whales.' }
      : { text: `To ${user.replace(/^\w+: /, '')}.` },
  );
});
afterAll(() => rig[Symbol.asyncDispose]());

async function use(author: string, name: string, channel = 'general', subcommand?: string) {
  const used = rig.controls.command({ channel, author, name, ...(subcommand && { subcommand }) });
  const outcome = await used.outcome();
  expect(outcome.message?.visibleTo).toBeDefined();
  return outcome.message!;
}

async function ask(author: string, text: string, channel = 'general'): Promise<string> {
  const { id } = rig.ask(text, { author, channel });
  await rig.answer(`To ${text}.`);
  return id;
}

/** What the model was sent last, without the system's text. */
const sent = () => rig.model.requests.at(-1)?.body.messages.slice(1).map(messageText) ?? [];
const own = (author: keyof LiveRig['playground']['people'], channel: 'general' | 'data' = 'general') =>
  `discord:${rig.playground.channels[channel]}:${rig.playground.people[author]}`;

test('/undo takes out the last question and its answer, then the one before, and nobody else’s', async () => {
  await ask('Ada', 'one');
  await ask('Dev', 'other');
  await ask('Ada', 'two');
  expect((await use('Ada', 'undo')).content).toContain('Taken out: “two” and its answer.');
  await ask('Ada', 'three');
  expect(sent()).toEqual(['Ada: one', 'To one.', 'Ada: three']);
  await use('Ada', 'undo');
  expect((await use('Ada', 'undo')).content).toContain('“one”');
  expect((await use('Ada', 'undo')).content).toContain('no question of yours');
  await ask('Ada', 'four');
  expect(sent()).toEqual(['Ada: four']);
  await ask('Dev', 'again');
  expect(sent()).toEqual(['Dev: other', 'To other.', 'Dev: again']);
});

test('in a thread, what was undone is not read any more', async () => {
  const opener = await ask('Ada', 'opener', 'data');
  const thread = rig.controls.startThread({ channel: 'data', author: 'Ada', name: 'undo', messageId: opener });
  await ask('Ada', 'keep', thread);
  await ask('Ada', 'secret', thread);
  expect((await use('Ada', 'undo', thread)).content).toContain('“secret”');
  await ask('Ada', 'last', thread);
  expect(sent().join('\n')).toContain('keep');
  expect(sent().join('\n')).not.toContain('secret');
});

test('/reset begins a new conversation, as /new does', async () => {
  await ask('Max', 'before');
  expect((await use('Max', 'reset')).content).toContain('A new conversation');
  await ask('Max', 'after');
  expect(sent()).toEqual(['Max: after']);
});

test('/context shows what is kept, the summary, and what was left out; a deleted question takes its summary along', async () => {
  expect((await use('Olga', 'context')).content).toContain('I keep 0 messages');
  const conversation = own('Olga');
  const lines = Array.from({ length: 300 }, (_, index): string => {
    const role = index % 2 === 0 ? 'user' : 'assistant';
    const by = `discord:${rig.playground.people.Olga}`;
    return JSON.stringify({
      role,
      content: `whale ${index} ${'word '.repeat(20)}`,
      run: `r${index >> 1}`,
      by,
      at: 1_000 + index,
    } satisfies TalkMessage);
  });
  await rig.redis.rpush(keys.history(conversation), ...lines);
  const asked = await ask('Olga', 'now');
  const answer = await rig.answer('To now.');
  expect(answer.content).toMatch(/ℹ️ This conversation has grown long: I looked at the \d+ messages before this one/);
  const talk = async () => readTalkLines(await rig.redis.lrange(keys.history(conversation), 0, -1));
  const summarised = () => until('it is summarised', async () => ((await talk()).summary?.messages ?? 0) > 270);
  await summarised();
  await ask('Olga', 'then');
  const shown = (await use('Olga', 'context')).content;
  expect(shown).toMatch(
    /A summary stands for \d+ older messages \(by small, <t:\d+:R>\):\n> Notes: they speak of whales\./,
  );
  expect(shown).toMatch(
    /I looked at \d+ messages and the summary: about \d+ of at most \d+ tokens\. Nothing was left out\./,
  );
  // The first question is still in the talk as it was said, the summary stands.
  rig.controls.deleteMessage(asked);
  await until('it is gone', async () => !(await talk()).messages.some(({ content }) => content === 'now'));
  expect((await talk()).summary).toBeDefined();
});

/** Everything that Redis holds, as text. */
async function everything(): Promise<string> {
  const texts: string[] = [];
  for (const key of await rig.redis.keys('*')) {
    const type = await rig.redis.type(key);
    const value =
      type === 'string'
        ? await rig.redis.get(key)
        : type === 'hash'
          ? await rig.redis.hgetall(key)
          : type === 'list'
            ? await rig.redis.lrange(key, 0, -1)
            : type === 'set'
              ? await rig.redis.smembers(key)
              : type === 'zset'
                ? await rig.redis.zrange(key, '0', '-1')
                : await rig.redis.xrange(key, '-', '+');
    texts.push(`${key} ${JSON.stringify(value)}`);
  }
  return texts.join('\n');
}

test('/forget me: after a yes nothing of the person is stored but the audit log and the sums of use', async () => {
  const { people, guildId, channels } = rig.playground;
  const person = `discord:${people.Guest}`;
  const limits = { most: 100, ttlMs: 3_600_000 };
  await ask('Guest', 'xylophone in a channel');
  await use('Guest', 'reset');
  await ask('Guest', 'xylophone anew');
  const dm = rig.say({ channel: '@Guest', author: 'Guest', content: 'xylophone in private' });
  await rig.answer('To xylophone in private.');
  const thread = rig.controls.startThread({
    channel: 'general',
    author: 'Ada',
    name: 'band',
    messageId: rig.say({ channel: 'general', author: 'Ada', content: 'band' }).id,
  });
  const byCommand = (author: string, question: string) =>
    rig.controls.command({ channel: thread, author, name: 'ask', options: { question } });
  byCommand('Guest', 'xylophone in a thread');
  await rig.answer('To xylophone in a thread.');
  byCommand('Ada', 'violin in a thread');
  const violin = await rig.answer('To violin in a thread.');
  const button =
    JSON.stringify(violin.components)
      .match(/"down:[^"]+/)?.[0]
      ?.slice(1) ?? '';
  await rig.controls.click({ message: violin.id, author: 'Guest', customId: button }).outcome();
  await saveMemory(rig.redis, `person:${person}`, { text: 'plays the xylophone', by: person, name: 'Guest' }, limits);
  await saveMemory(
    rig.redis,
    `server:discord:${guildId}`,
    { text: 'xylophone on Fridays', by: person, name: 'Guest' },
    limits,
  );
  await changeSettings(
    rig.redis,
    `person:${person}`,
    { prompt: 'Speak of the xylophone.' },
    { kind: 'discord', id: people.Guest, name: 'Guest' },
  );
  expect((await everything()).match(/xylophone/g)!.length).toBeGreaterThan(10);

  const asked = await use('Guest', 'forget', 'general', 'me');
  expect(asked.content).toContain('the audit log');
  await rig.controls.click({ message: asked.id, author: 'Guest', label: 'Keep everything' }).outcome();
  expect((await everything()).includes('xylophone in private')).toBe(true);
  const again = await use('Guest', 'forget', 'general', 'me');
  await rig.controls.click({ message: again.id, author: 'Guest', label: 'Forget me' }).outcome();
  const told = await until('it is done', () => {
    const shown = rig.controls.messages('general', 'Guest').find(({ id }) => id === again.id);
    return shown?.content.startsWith('Forgotten:') ? shown : false;
  });
  expect(told.content).toMatch(
    /^Forgotten: 4 questions with their answers, \d+ talks, 2 memories, 1 setting, 1 vote\.\n-# What stays: the audit log/,
  );

  const left = await everything();
  const naming = (what: string, stays: RegExp) =>
    left.split('\n').filter((line) => line.includes(what) && !stays.test(line));
  expect(naming('xylophone', /^$/)).toEqual([]);
  expect(naming(people.Guest, /^\{dragoman\}:(audit|usage|server-usage)/)).toEqual([]);
  // Queues remember the names of their last jobs, and a channel up to where it was read.
  expect(naming(dm.id, /^\{dragoman\}:((runs|replies):events|discord:marks|audit) /)).toEqual([]);
  // Others keep theirs, in the same thread.
  expect(left.includes('violin in a thread')).toBe(true);
  expect(await rig.redis.exists(keys.talk(`discord:${channels.general}:${people.Guest}`))).toBe(0);
});

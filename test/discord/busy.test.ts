import { afterAll, beforeAll, expect, test } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { readRun } from '#shared/run/record.ts';
import { discordRunId } from '#shared/run/request.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { mark, messageText } from '#test/model/turn.ts';
import { startLiveRig, type LiveRig } from './live-rig.ts';
import { until } from './rig.ts';

// What a person writes while an answer of theirs is made, with a real worker.

let rig: LiveRig;
let go: PromiseWithResolvers<void>;

beforeAll(async () => {
  rig = await startLiveRig({
    worker: { toolbox: createPlayedToolbox({ look: { run: ({ signal }) => seen(signal) } }) },
    overrides: { placeholderMs: 50 },
  });
  rig.model.handle(({ user }) => ({ text: `To ${user.replace(/^\w+: /, '')}.` }));
});
afterAll(() => rig[Symbol.asyncDispose]());

/** What the tool brings when it may go on, or is stopped. */
async function seen(signal: AbortSignal) {
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  await Promise.race([go.promise, stopped]);
  return signal.aborted ? { outcome: 'stopped' as const, content: 'stopped' } : 'seen';
}

/** A question of which the tool is at work until `go`. */
async function underWay(author: string, text: string): Promise<string> {
  go = Promise.withResolvers();
  rig.model.script(text, ({ results, body }) => {
    if (results.length === 0) return { toolCalls: [{ name: 'look', arguments: { of: text } }] };
    const said = body.messages.filter(({ role }) => role === 'user').map(messageText);
    return {
      text: `${text}: ${
        said
          .slice(1)
          .map((each) => each.replace(/^\w+: /, ''))
          .join(' + ') || 'alone'
      }.`,
    };
  });
  const { id } = rig.ask(mark(text, text), { author });
  await until('the tool is at work', async () =>
    (await rig.redis.hkeys(keys.once(discordRunId(id)))).some((key) => key.startsWith('intent:')),
  );
  return id;
}

async function choose(author: string, choice: string): Promise<string> {
  const outcome = await rig.controls
    .command({ channel: 'general', author, name: 'busy', options: { choice } })
    .outcome();
  return outcome.message?.content ?? '';
}

test('steer: the running answer takes it up; a tip comes once; it can be asked separately after all', async () => {
  expect(await choose('Ada', 'steer')).toContain('sent to the running answer');
  await underWay('Ada', 'whales');
  const also = rig.ask('shorter', { author: 'Ada' });
  const note = await rig.controls.waitFor(({ replyTo }) => replyTo === also.id);
  expect(note.content).toMatch(/^-# ↪️ Sent to the running answer\. `\/busy` chooses/);
  const more = rig.ask('and fish', { author: 'Ada' });
  const second = await rig.controls.waitFor(({ replyTo }) => replyTo === more.id);
  expect(second.content).toBe('-# ↪️ Sent to the running answer.');
  expect(await readRun(rig.redis, discordRunId(also.id))).toBeUndefined();
  await rig.controls.click({ message: second.id, author: 'Dev', label: 'Interrupt' }).outcome();
  await rig.controls.click({ message: second.id, author: 'Ada', label: 'Answer it separately' }).outcome();
  go.resolve();
  await rig.answer('whales: shorter + and fish.');
  await rig.answer('and fish.');
  expect(rig.controls.message(second.id).components).toEqual([]);
});

test('queue, which is the default: it is answered next, and buttons send it along or interrupt', async () => {
  await underWay('Max', 'wolves');
  const next = rig.ask('bears', { author: 'Max' });
  const queued = await rig.controls.waitFor(
    ({ replyTo, components }) => replyTo === next.id && JSON.stringify(components).includes('"steer:'),
  );
  expect(queued.content).toContain('one question of this conversation comes first');
  const refused = await rig.controls
    .click({ message: queued.id, author: 'Dev', label: 'Send to the running answer' })
    .outcome();
  expect(refused.message?.content).toContain('Only the person who asked');
  await rig.controls.click({ message: queued.id, author: 'Max', label: 'Send to the running answer' }).outcome();
  await rig.controls.waitFor(
    ({ id, content }) => id === queued.id && content.startsWith('↪️ Sent to the running answer.'),
  );
  await rig.controls.until(() => rig.controls.message(next.id).reactions.some(({ emoji }) => emoji === '✅'));
  go.resolve();
  await rig.answer('wolves: bears.');

  const running = await underWay('Max', 'lions');
  const urgent = rig.ask('tigers', { author: 'Max' });
  const waits = await rig.controls.waitFor(
    ({ replyTo, components }) => replyTo === urgent.id && JSON.stringify(components).includes('"interrupt:'),
  );
  await rig.controls.click({ message: waits.id, author: 'Max', label: 'Interrupt that one' }).outcome();
  go.resolve();
  await rig.answer('tigers.');
  expect((await readRun(rig.redis, discordRunId(running)))?.outcome).toBe('stopped');
});

test('interrupt: the running answer stops for it; nobody else’s does', async () => {
  await choose('Dev', 'interrupt');
  const running = await underWay('Dev', 'cats');
  const other = rig.ask('not mine', { author: 'Olga' });
  await rig.answer('not mine.');
  expect((await readRun(rig.redis, discordRunId(running)))?.status).toBe('running');
  rig.ask('dogs', { author: 'Dev' });
  await rig.answer('dogs.');
  go.resolve();
  expect((await readRun(rig.redis, discordRunId(running)))?.outcome).toBe('stopped');
  expect((await readRun(rig.redis, discordRunId(other.id)))?.outcome).toBe('answered');
});

test('an edited question offers to be asked again, also while it is being answered', async () => {
  const asked = rig.ask('how many cows', { author: 'Olga' });
  await rig.answer('To how many cows.');
  rig.controls.editMessage(asked.id, `<@${rig.playground.botId}> how many horses`);
  const offer = await rig.controls.waitFor(
    ({ replyTo, content }) => replyTo === asked.id && content.startsWith('-# ✏️'),
  );
  const refused = await rig.controls.click({ message: offer.id, author: 'Max', label: 'Ask it again' }).outcome();
  expect(refused.message?.content).toContain('can ask this again');
  await rig.controls.click({ message: offer.id, author: 'Olga', label: 'Ask it again' }).outcome();
  await rig.answer('how many horses.');

  const running = await underWay('Olga', 'sheep');
  rig.controls.editMessage(running, `<@${rig.playground.botId}> goats`);
  const second = await rig.controls.waitFor(
    ({ replyTo, content }) => replyTo === running && content.startsWith('-# ✏️'),
  );
  await rig.controls.click({ message: second.id, author: 'Olga', label: 'Ask it again' }).outcome();
  await rig.answer('goats.');
  go.resolve();
});

test('whole questions in a row are answered each, fragments together', async () => {
  const first = rig.ask('what is one?', { author: 'Guest' });
  const second = rig.ask('what is two?', { author: 'Guest' });
  rig.say({ channel: 'general', author: 'Guest', content: 'in Roman numerals' });
  await rig.answer('what is two?');
  const theirs = (await rig.requests()).filter(({ caller }) => caller.id === rig.playground.people.Guest);
  const texts = theirs.map(({ text }) => text);
  expect(texts).toEqual(['what is one?', 'what is two?\n\nin Roman numerals']);
  expect([first.id, second.id].map(discordRunId)).toEqual(theirs.map(({ id }) => id));
});

test('/ask mode: and a channel’s setting say how a question is worked on', async () => {
  const used = rig.controls.command({
    channel: 'general',
    author: 'Olga',
    name: 'ask',
    options: { question: 'once', mode: 'single-shot' },
  });
  await rig.answer('To once.');
  expect((await readRun(rig.redis, discordRunId(used.id)))?.request.mode).toBe('single-shot');
  await rig.redis.hset(keys.settings(`channel:${rig.playground.channels.data}`), 'mode', '"guided"');
  const guided = rig.ask('guided', { author: 'Olga', channel: 'data' });
  await rig.answer('guided.');
  expect((await readRun(rig.redis, discordRunId(guided.id)))?.request.mode).toBe('guided');
});

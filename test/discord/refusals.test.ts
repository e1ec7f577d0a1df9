import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registry } from '#shared/process/metrics.ts';
import { readRun } from '#shared/run/record.ts';
import { refusals, type Next, type Refusal } from '#services/ingress/discord/refusals.ts';
import { speak } from '#services/ingress/language/say.ts';
import type { ShownMessage } from '#services/playground/controls/shown.ts';
import type { PlayedRun } from './played-worker.ts';
import { startRig, until, type Rig } from './rig.ts';

const english = speak('en');
let rig: Rig;

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false } });
});

afterAll(() => rig[Symbol.asyncDispose]());

/** Each code, and refusals that have none: a page of the network before Discord, and statuses alone. */
const allCases: { name: string; refusal: Refusal; fault: { status: number; code?: number; html?: boolean } }[] = [
  ...Object.entries(refusals).map(([code, refusal]) => ({
    name: `${code} (${refusal.next})`,
    refusal,
    fault: { status: statusOf(Number(code)), code: Number(code) },
  })),
  { name: 'a page with 403', refusal: at(40_333), fault: { status: 403, html: true } },
  {
    name: '403 alone',
    refusal: { next: 'elsewhere', words: (say) => say('refused.not-there') },
    fault: { status: 403 },
  },
  { name: '404 alone', refusal: at(10_003), fault: { status: 404 } },
  { name: '413 alone', refusal: at(40_005), fault: { status: 413 } },
  { name: '400 of a kind to come', refusal: at(50_035), fault: { status: 400, code: 999_999 } },
  {
    name: '403 of a kind to come',
    refusal: { next: 'elsewhere', words: (say) => say('refused.not-there') },
    fault: { status: 403, code: 999_998 },
  },
  { name: '503', refusal: { next: 'again', words: () => '' }, fault: { status: 503 } },
];

/** Each answers in a second of CPU, so that `npm test` plays one code for each way of going on, and all what has none. */
const cases =
  process.env['DISCORD_REFUSALS'] === 'all'
    ? allCases
    : allCases.filter(
        ({ refusal, fault }, index) =>
          fault.code === undefined || allCases.findIndex((other) => other.refusal.next === refusal.next) === index,
      );

function at(code: number): Refusal {
  return refusals[code] ?? { next: 'again', words: () => '' };
}

function statusOf(code: number): number {
  if (code < 20_000) return 404;
  return [40_001, 50_014, 50_027].includes(code) ? 403 : 400;
}

let count = 0;

/** A person of their own in a channel of their own, so that cases can be played side by side. */
function place(): { person: string; channel: string } {
  count += 1;
  const person = `person-${count}`;
  rig.controls.addPerson({ name: person });
  return { person, channel: rig.controls.addChannel({ name: `place-${count}` }) };
}

const endless = 1_000_000;

function ownIn(channel: string): ShownMessage[] {
  return rig.controls.messages(channel).filter(({ author }) => author.bot);
}

/** Waits until nothing more is to come of the run. */
async function settled(run: PlayedRun): Promise<void> {
  const key = `{dragoman}:run:${run.id}:delivery`;
  await until('the delivery is finished', async () => (await rig.redis.hget(key, 'done')) === '1', 60_000);
}

async function reactionsOf(message: string): Promise<string[]> {
  const left = () => rig.controls.message(message).reactions.map(({ emoji }) => emoji);
  await until('👀 is gone', () => left().includes('✅') || left().includes('❌'));
  await until('👀 is gone', () => !left().includes('👀'));
  return left();
}

function textOf(messages: ShownMessage[]): string {
  return messages.map(({ content }) => content).join('\n');
}

/** What is said where, when Discord refuses once. */
const said: Record<Next, 'answer' | 'words' | 'direct'> = {
  again: 'answer',
  reference: 'answer',
  leave: 'answer',
  plain: 'answer',
  files: 'words',
  words: 'words',
  open: 'direct',
  anew: 'direct',
  channel: 'direct',
  done: 'direct',
  elsewhere: 'direct',
  nowhere: 'direct',
};

describe.concurrent('the first message of an answer is refused', () => {
  test.each(cases)('once, with $name', { timeout: 120_000 }, async ({ refusal, fault }) => {
    const { person, channel } = place();
    rig.controls.inject({ route: `POST /channels/${channel}/messages`, ...fault });
    const asked = rig.ask('what?', { author: person, channel });
    const run = await rig.work(asked.id);
    await run.end('The answer is 42.');
    await settled(run);
    const [here, direct] = [textOf(ownIn(channel)), textOf(ownIn(`@${person}`))];
    const where = said[refusal.next];
    if (where === 'direct') expect(direct).toMatch(/I could not answer in [\s\S]*The answer is 42\./);
    else expect(here).toContain(where === 'answer' ? 'The answer is 42.' : refusal.words(english));
    if (where === 'direct') expect(direct).toContain(refusal.words(english));
    expect(`${here}${direct}`).not.toContain('⚪');
    expect(await reactionsOf(asked.id)).toEqual(['✅']);
  });

  test.each(cases.filter(({ refusal }) => refusal.next !== 'again'))(
    'whatever it says, with $name: it comes by direct message',
    { timeout: 120_000 },
    async ({ refusal, fault }) => {
      const { person, channel } = place();
      rig.controls.inject({ route: `POST /channels/${channel}/messages`, times: endless, ...fault });
      const asked = rig.ask('what?', { author: person, channel });
      const run = await rig.work(asked.id);
      await run.write('Some words. ');
      await run.end('The answer is 42.');
      await settled(run);
      expect(textOf(ownIn(`@${person}`))).toMatch(/I could not answer in [\s\S]*The answer is 42\./);
      expect(textOf(ownIn(`@${person}`))).toContain(refusal.words(english));
      expect(await reactionsOf(asked.id)).toEqual(['✅']);
    },
  );

  test.each(cases.filter(({ refusal }) => refusal.next !== 'again'))(
    'and the person takes no direct messages, with $name: record, metric and ❌ say so',
    { timeout: 120_000 },
    async ({ fault }) => {
      const { person, channel } = place();
      rig.controls.setDmsClosed(person, true);
      rig.controls.inject({ route: `POST /channels/${channel}/messages`, times: endless, ...fault });
      const asked = rig.ask('what?', { author: person, channel });
      const run = await rig.work(asked.id);
      await run.end('Unseen.');
      await settled(run);
      expect((await readRun(rig.redis, run.id))?.undeliverable).toBeDefined();
      expect(await reactionsOf(asked.id)).toEqual(['❌']);
    },
  );
});

describe.concurrent('an edit of an answer is refused', () => {
  test.each(cases)('once, with $name', { timeout: 120_000 }, async ({ refusal, fault }) => {
    const { person, channel } = place();
    const asked = rig.ask('what?', { author: person, channel });
    const run = await rig.work(asked.id);
    await run.write('First words. ');
    await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
    rig.controls.inject({ route: `PATCH /channels/${channel}/messages/*`, ...fault });
    await run.end('The answer is 42.');
    await settled(run);
    const [here, direct] = [textOf(ownIn(channel)), textOf(ownIn(`@${person}`))];
    if (refusal.next === 'leave') return;
    expect(`${here}\n${direct}`).toContain(
      ['files', 'words'].includes(refusal.next) ? refusal.words(english) : 'The answer is 42.',
    );
    // What nobody writes on any more points to where it goes on.
    if (refusal.next !== 'anew') expect(here).not.toContain('⚪');
    expect(await reactionsOf(asked.id)).toEqual(['✅']);
  });

  test.each(cases.filter(({ refusal }) => !['again', 'leave', 'anew'].includes(refusal.next)))(
    'whatever it says, with $name: it goes on by direct message, and what was left is finished when it can be',
    { timeout: 120_000 },
    async ({ refusal, fault }) => {
      const { person, channel } = place();
      const asked = rig.ask('what?', { author: person, channel });
      const run = await rig.work(asked.id);
      await run.write('First words. ');
      const shown = await rig.controls.waitFor(({ replyTo }) => replyTo === asked.id);
      // Four times: the edit, less of it, words in its place, and the words that point elsewhere.
      rig.controls.inject({ route: `PATCH /channels/${channel}/messages/${shown.id}`, times: endless, ...fault });
      await run.end('The answer is 42.');
      await settled(run);
      expect(textOf(ownIn(`@${person}`))).toMatch(/I could not answer in [\s\S]*The answer is 42\./);
      expect(textOf(ownIn(`@${person}`))).toContain(refusal.words(english));
      expect(await rig.redis.smembers(`{dragoman}:discord:left:${channel}`)).toEqual([run.id]);
    },
  );
});

describe.concurrent('the first answer to a command is refused', () => {
  test.each(cases)('once, with $name', { timeout: 120_000 }, async ({ refusal, fault }) => {
    const { person, channel } = place();
    const used = rig.controls.command({ channel, author: person, name: 'ask', options: { question: 'what?' } });
    const { message } = await used.outcome();
    const token = await tokenOf(used.id);
    rig.controls.inject({ route: `PATCH /webhooks/*/${token}/messages/@original`, ...fault });
    const run = await rig.work(used.id);
    await run.end('The answer is 42.');
    await settled(run);
    const [here, direct] = [textOf(ownIn(channel)), textOf(ownIn(`@${person}`))];
    expect(`${here}\n${direct}`).toContain(
      ['files', 'words'].includes(refusal.next) ? refusal.words(english) : 'The answer is 42.',
    );
    expect(ownIn(channel).filter(({ loading }) => loading)).toEqual([]);
    expect(message?.loading).toBe(true);
  });

  test.each(cases.filter(({ refusal }) => refusal.next !== 'again'))(
    'whatever it says, with $name',
    { timeout: 120_000 },
    async ({ fault }) => {
      const { person, channel } = place();
      const used = rig.controls.command({ channel, author: person, name: 'ask', options: { question: 'what?' } });
      await used.outcome();
      const token = await tokenOf(used.id);
      rig.controls.inject({ route: `PATCH /webhooks/*/${token}/messages/@original`, times: endless, ...fault });
      const run = await rig.work(used.id);
      await run.end('The answer is 42.');
      await settled(run);
      expect(textOf([...ownIn(channel), ...ownIn(`@${person}`)])).toContain('The answer is 42.');
      expect(ownIn(channel).filter(({ loading }) => loading)).toEqual([]);
    },
  );
});

async function tokenOf(interaction: string): Promise<string> {
  const record = await until(
    'the question is stored',
    async () => (await readRun(rig.redis, `discord-${interaction}`)) ?? false,
  );
  return record.request.discord?.interaction?.token ?? '';
}

async function unanswered(): Promise<number> {
  const found = await registry.getSingleMetric('dragoman_discord_events_total')?.get();
  return found?.values.find(({ labels }) => labels['event'] === 'interaction-unanswered')?.value ?? Number.NaN;
}

describe('the answer to an interaction is refused', () => {
  test.each(cases)('with $name: it is said otherwise, or counted', { timeout: 60_000 }, async ({ refusal, fault }) => {
    const { person, channel } = place();
    const before = await unanswered();
    rig.controls.inject({ route: 'POST /interactions/*/*/callback', ...fault });
    const used = rig.controls.command({ channel, author: person, name: 'help' });
    if (
      ['again', 'plain', 'words', 'files'].includes(refusal.next) &&
      (fault.status >= 500 || refusal.next !== 'again')
    ) {
      const { message } = await used.outcome();
      expect(message?.content).toContain(fault.status >= 500 ? 'Ask me anything' : refusal.words(english));
    } else {
      await until('it is counted', async () => (await unanswered()) === before + 1);
    }
  });
});

describe.concurrent('a reaction is refused', () => {
  test.each(cases)('with $name: the answer stands all the same', { timeout: 60_000 }, async ({ fault }) => {
    const { person, channel } = place();
    rig.controls.inject({ route: `PUT /channels/${channel}/messages/*/reactions/*/@me`, times: 2, ...fault });
    const asked = rig.ask('what?', { author: person, channel });
    const run = await rig.work(asked.id);
    await run.end('The answer is 42.');
    await settled(run);
    expect(textOf(ownIn(channel))).toContain('The answer is 42.');
    await until('nothing says that it is being worked on', () => {
      return rig.controls.message(asked.id).reactions.every(({ emoji }) => emoji !== '👀');
    });
  });
});

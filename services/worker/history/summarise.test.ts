import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { readJournal } from '#shared/run/journal.ts';
import { keys } from '#shared/redis/keys.ts';
import { readTalkLines, type TalkMessage } from '#shared/run/talk-lines.ts';
import { messageText, type ParsedRequest } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

// Talks that are longer than their model can read: what is cut, what is summarised, and who is told.

let rig: Rig;
let worker: AsyncDisposable;
/** What summaries were asked for: the names of the models, and what each was shown. */
let asked: { model: string; shown: string }[] = [];
let failing = false;

const isSummary = ({ body }: ParsedRequest) => messageText(body.messages[0]).includes('You condense the earlier part');

beforeAll(async () => {
  rig = await startRig({ model: { models: ['small', 'cheap'], window: 4_000 } });
  rig.model.handle((request) => {
    if (!isSummary(request)) return { text: `To: ${request.user}` };
    asked.push({ model: request.body.model, shown: request.user });
    if (failing) return { error: { status: 401 } };
    const seen = [...request.user.matchAll(/\bfact (\d+)/g)].map(([, number]) => Number(number));
    return { text: `Notes: facts up to ${Math.max(...seen)}.` };
  });
  worker = await rig.worker(
    { toolbox: createPlayedToolbox({}) },
    { MODEL_NAME: 'small', SUMMARY_MODEL: 'cheap', HISTORY_MAX_MESSAGES: 1_000 },
  );
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});
afterEach(() => {
  asked = [];
  failing = false;
});

async function talkOf(messages: number): Promise<string> {
  const conversation = randomUUID();
  const lines = Array.from({ length: messages }, (_, index): string => {
    const role = index % 2 === 0 ? 'user' : 'assistant';
    const content = role === 'user' ? `Remember fact ${index}, please. ${'word '.repeat(20)}` : `Noted fact ${index}.`;
    const at = 1_000 + index;
    return JSON.stringify({ role, content, run: `r${index >> 1}`, by: 'terminal:ada', at } satisfies TalkMessage);
  });
  await rig.redis.rpush(keys.history(conversation), ...lines);
  return conversation;
}

const talk = async (conversation: string) => readTalkLines(await rig.redis.lrange(keys.history(conversation), 0, -1));
const summaryOf = (conversation: string) =>
  expect.poll(async () => (await talk(conversation)).summary?.messages ?? 0, { timeout: 30_000 });
const entries = async (runId: string) => (await readJournal(rig.redis, runId)).map(({ entry }) => entry);
const sent = () => rig.model.requests.filter(({ request }) => !isSummary(request)).at(-1)?.body.messages ?? [];

it('500 messages against a small window: told what was cut, then summarised once, then extended', async () => {
  const conversation = await talkOf(500);
  const first = await rig.ask('And now?', { conversation });
  const notice = (await entries(first.runId)).find((entry) => entry.type === 'notice');
  expect(notice?.text).toMatch(
    /^This conversation has grown long: I looked at the \d+ messages before this one\. \d+ older/,
  );
  const read = (await entries(first.runId)).find((entry) => entry.type === 'talk.read');
  expect(read!.messages + read!.leftOut).toBe(500);
  expect(read!.tokens).toBeLessThanOrEqual(read!.room);
  // What is sent fits into the window beside what the answer and tools need.
  expect(JSON.stringify(sent()).length / 4).toBeLessThan(3_000);

  await summaryOf(conversation).toBeGreaterThan(450);
  const stored = await talk(conversation);
  expect(stored.summary!.messages + stored.messages.length).toBe(502);
  expect(stored.summary!.people).toEqual(['terminal:ada']);
  expect(new Set(asked.map(({ model }) => model))).toEqual(new Set(['cheap']));
  expect(asked.slice(1).every(({ shown }) => shown.startsWith('The notes so far:\nNotes: facts up to'))).toBe(true);

  const before = asked.length;
  const second = await rig.ask('And then?', { conversation });
  expect((await entries(second.runId)).some((entry) => entry.type === 'notice')).toBe(false);
  const [, notes, oldest] = sent();
  expect(messageText(notes)).toMatch(/^\[Notes on what was said before.*\]\nNotes: facts up to \d+\.$/);
  expect(oldest!.role).toBe('user');
  // Nothing is lost between the notes and what follows them.
  const upTo = Number(/up to (\d+)/.exec(messageText(notes))?.[1]);
  expect(messageText(oldest)).toContain(`fact ${upTo + 1}`);
  expect(asked.length).toBe(before);
});

it('a summary that fails costs nobody an answer, and is tried again after the next question', async () => {
  const conversation = await talkOf(120);
  failing = true;
  expect(await rig.ask('And now?', { conversation })).toMatchObject({ outcome: 'answered' });
  await expect.poll(() => asked.length).toBe(1);
  expect((await talk(conversation)).summary).toBeUndefined();
  failing = false;
  expect(await rig.ask('And then?', { conversation })).toMatchObject({ outcome: 'answered' });
  await summaryOf(conversation).toBeGreaterThan(0);
});

it('what was taken out while the summary was made is in no summary', async () => {
  const conversation = await talkOf(120);
  const deleted = (await talk(conversation)).messages.slice(10, 12);
  const held = Promise.withResolvers<void>();
  let first = true;
  const handler = async (shown: string) => {
    if (!first) return;
    first = false;
    for (const { raw } of deleted) await rig.redis.lrem(keys.history(conversation), 1, raw);
    held.resolve();
    expect(shown).toContain('fact 10');
  };
  rig.model.handle(async (request) => {
    if (!isSummary(request)) return { text: 'Yes.' };
    await handler(request.user);
    return { text: request.user.includes('fact 10,') ? 'It knows.' : 'It does not know.' };
  });
  await rig.ask('And now?', { conversation });
  await held.promise;
  await rig.ask('And then?', { conversation });
  await summaryOf(conversation).toBeGreaterThan(0);
  expect((await talk(conversation)).summary?.content).toBe('It does not know.');
});

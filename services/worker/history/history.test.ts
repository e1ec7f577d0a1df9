import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import { keys } from '#shared/redis/keys.ts';
import { unclaimed } from '#shared/run/fence.ts';
import { claimRun } from '#shared/run/claim.ts';
import { endRun } from '#shared/run/end.ts';
import { readRun } from '#shared/run/record.ts';
import { runRequestSchema } from '#shared/run/request.ts';
import { readTalkLines } from '#shared/run/talk-lines.ts';
import { beginTalk, historyName } from '#shared/run/talks.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';
import type { HistoryLine } from './history.ts';
import { fitHistory, textOf } from './fit.ts';
import { roomForTalk } from './room.ts';
import { countTokens } from './tokens.ts';

const user = (content: string): HistoryLine => ({ role: 'user', content });
const assistant = (content: string): HistoryLine => ({ role: 'assistant', content });

const fit = async (messages: HistoryLine[], room: number) =>
  (await fitHistory({ summary: undefined, messages }, room, 'gpt-5')).lines;

describe('fitting', () => {
  it('keeps everything that fits', async () => {
    const lines = [user('One?'), assistant('One.'), user('Two?')];
    expect(await fit(lines, 8_000)).toEqual(lines);
  });

  it('keeps the newest that fit by their tokens, beginning with a question', async () => {
    const long = 'interpreter '.repeat(100);
    const lines = [user(long), assistant(long), user('Two?'), assistant(long), user('Three?'), assistant('Three.')];
    const newest = await Promise.all(lines.slice(2).map((line) => countTokens(textOf(line))));
    const room = newest.reduce((sum, tokens) => sum + tokens, 0);
    expect(await fit(lines, room)).toEqual(lines.slice(2));
    // With one token less the question does not fit, so its answer goes as well.
    expect(await fit(lines, room - 1)).toEqual(lines.slice(4));
    expect(await fit(lines, 0)).toEqual([]);
  });

  it('does not read a text that is far too long', async () => {
    const before = process.cpuUsage();
    expect(await fit([user('Q'), assistant('x'.repeat(20_000_000))], 100)).toEqual([]);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });

  it('keeps room for the question, prompt, tools, their results and the answer', () => {
    const config = { HISTORY_MAX_TOKENS: 50_000, MODEL_MAX_OUTPUT_TOKENS: undefined, ENABLE_TOOLS: true };
    const room = (input: number | undefined, tools = true) =>
      roomForTalk(
        { ...config, TOOLS_MAX_TOKENS: () => 2_500 },
        {
          request: runRequestSchema.parse({
            id: 'a',
            caller: { kind: 'terminal', id: 'a' },
            conversation: 'a',
            text: 'word '.repeat(800),
            tools,
          }),
          prompt: 'word '.repeat(200),
          model: 'any',
          window: input === undefined ? undefined : { input },
        },
      );
    expect(room(undefined)).toBe(50_000);
    expect(room(1_000_000)).toBe(50_000);
    // 16,000 less 4,000 for the answer, 2,500 for tools, 2,000 for results, 1,000 for prompt and question; a tenth spare.
    expect(room(16_000)).toBeGreaterThan(5_500);
    expect(room(16_000)).toBeLessThan(6_000);
    expect(room(16_000, false)).toBeGreaterThan(9_500);
    expect(room(1_000)).toBe(0);
  });
});

describe('a conversation', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
    rig.model.handle(({ user: text }) =>
      text.includes('fail') ? { error: { status: 401 } } : { text: `To: ${text}` },
    );
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  const stored = async (conversation: string) =>
    readTalkLines(await rig.redis.lrange(keys.history(conversation), 0, -1)).messages.map(({ role, content }) => {
      return { role, content };
    });

  it('keeps its newest messages for a while, and only answered ones', async () => {
    await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) }, { HISTORY_MAX_MESSAGES: 4 });
    const conversation = randomUUID();
    for (const text of ['a', 'fail', 'b', 'c']) await rig.ask(text, { conversation });
    expect(await stored(conversation)).toEqual([user('b'), assistant('To: b'), user('c'), assistant('To: c')]);
    const left = await rig.redis.pttl(keys.history(conversation));
    expect(left).toBeGreaterThan(29 * 86_400_000);
  });

  it('shows later questions in short what tools brought for earlier ones', async () => {
    const content = `<data-1f from="look">\n${'x'.repeat(900)}\n</data-1f>`;
    const toolbox = createPlayedToolbox({ look: { run: () => ({ content }) } });
    await using _ = await rig.worker({ toolbox });
    rig.model.enqueue({ toolCalls: [{ name: 'look', arguments: { at: 'whales' } }] }, { text: 'Whales.' });
    const conversation = randomUUID();
    await rig.ask('What is there?', { conversation });
    await rig.ask('And now?', { conversation });
    const [, asked, answered] = rig.model.requests.at(-1)?.body.messages ?? [];
    expect(asked?.content).toMatch(
      /^What is there\?\n\n\[For this you called, in short:\nlook \{"at":"whales"\} → <data-1f from="look">\nx{250,300}\n\[shortened: .*\]\n<\/data-1f>\]$/,
    );
    expect(answered).toEqual({ role: 'assistant', content: 'Whales.' });
  });

  it('has talks that know nothing of each other', async () => {
    await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) });
    const conversation = randomUUID();
    await rig.ask('a', { conversation });
    await beginTalk(rig.redis, conversation, '1');
    await rig.ask('b', { conversation });
    expect(rig.model.requests.at(-1)?.body.messages.slice(1)).toEqual([user('b')]);
    await rig.ask('c', { conversation });
    expect(rig.model.requests.at(-1)?.body.messages.slice(1)).toEqual([user('b'), assistant('To: b'), user('c')]);
    expect(await stored(conversation)).toEqual([user('a'), assistant('To: a')]);
    expect(await stored(historyName(conversation, 1))).toHaveLength(4);
  });

  it('is left to the door when it brings the earlier messages itself', async () => {
    await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) });
    const conversation = randomUUID();
    await rig.ask('a', { conversation, context: [{ role: 'user', name: 'Bob', content: 'before' }] });
    expect(rig.model.requests.at(-1)?.body.messages[1]?.content).toBe('Bob: before');
    expect(await stored(conversation)).toEqual([]);
  });

  it('is written once, though two workers end the run', async () => {
    const conversation = randomUUID();
    const runId = await rig.accept('a', { conversation, id: randomUUID() });
    const { request } = (await readRun(rig.redis, runId))!;
    const first = await claimRun({ redis: rig.redis, queues: rig.queues }, runId, 'first');
    const second = await claimRun({ redis: rig.redis, queues: rig.queues }, runId, 'second');
    const entry: EntryOf<'run.ended'> = {
      type: 'run.ended',
      outcome: 'answered',
      text: 'x',
      usage: { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false },
      models: [],
      tools: [],
      iterations: 1,
      durationMs: 1,
    };
    const history = { name: conversation, lines: ['{"role":"user","content":"a"}'], keep: 9, ttlMs: 60_000 };
    const ends = [first, second, second].map((claim) => {
      const fence = claim.state === 'claimed' ? claim : unclaimed;
      return endRun(rig.runs, request, fence, entry, { history });
    });
    expect(await Promise.all(ends)).toEqual([false, true, false]);
    expect(await stored(conversation)).toEqual([user('a')]);
  });
});

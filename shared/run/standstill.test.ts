import { beforeAll, expect, it, vi } from 'vitest';
import { fenceOf, openJournal } from '#test/lib/claims.ts';
import { slowCommands, watchSlow } from '#test/lib/slowlog.ts';
import { startTestStore } from '#test/lib/test-store.ts';
import type { EntryOf, JournalEntryInput } from './journal-entries.ts';

// Redis does one thing at a time, so no command about a run may keep others waiting, however large the run is.

const { redis, runs } = await startTestStore();
beforeAll(() => watchSlow(redis, 0));

/** The aim is 10 ms on a quiet machine; a busy one needs room. The counts below do not depend on how busy it is. */
const limitMs = 100;
/** How often each action is repeated. */
const times = 5;
/** Characters that one command may return, unless one result alone has more. */
const mostChars = 1_000_000;
/** Commands that a script may carry out, however long the run is. */
const fewCommands = 60;
const steps = 100;
const callsPerStep = 20;

const usage = { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false };
const end: EntryOf<'run.ended'> = {
  type: 'run.ended',
  outcome: 'answered',
  text: 'Done.',
  usage,
  models: [],
  tools: [],
  iterations: steps,
  durationMs: 1,
};

const request = (id: string) => ({ id, conversation: id, text: 'x', caller: { kind: 'terminal', id: 'ada' } as const });

/**
 * Accepts and claims a run, and makes its 2,000 calls, whose results have `chars` characters each. Returns what makes
 * one more step.
 */
async function longRun(id: string, chars: number): Promise<() => Promise<unknown>> {
  await runs.accept(request(id));
  await runs.claim(id, 'w');
  const journal = openJournal(redis, id, 1);
  const content = 'x'.repeat(chars);
  const write = (step: number) =>
    journal.appendAll(Array.from({ length: callsPerStep }, (_, call) => entriesOf(step, call, content)).flat());
  for (let step = 0; step < steps; step += 1) await write(step);
  let step = steps;
  return () => write((step += 1));
}

function entriesOf(step: number, call: number, content: string): JournalEntryInput[] {
  const place = { step, call, tool: 't', domain: 'd' };
  return [
    { type: 'tool.intended', ...place, arguments: '{}', repeatable: false, idempotencyKey: `${step}.${call}` },
    { type: 'tool.finished', ...place, outcome: 'ok', content, durationMs: 1 },
  ];
}

/**
 * Repeats `act` and returns the longest time, in milliseconds, that Redis stands still for one of its commands. For
 * each command's name the median counts, because SLOWLOG also measures what Redis waits for a busy machine.
 */
async function standstill(act: () => Promise<unknown>): Promise<number> {
  await slowCommands(redis);
  for (let time = 0; time < times; time += 1) await act();
  const byName = Map.groupBy(await slowCommands(redis), ({ name }) => name);
  return Math.max(...[...byName.values()].map((all) => all[Math.floor(all.length / 2)]?.ms ?? 0));
}

/** How many commands Redis carries out for `act`, those inside scripts among them. */
async function commands(act: () => Promise<unknown>): Promise<number> {
  await redis.config('RESETSTAT');
  await act();
  const stats = await redis.info('commandstats');
  return [...stats.matchAll(/calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
}

it.each([
  ['2,000 calls', 10],
  ['100 MB of results', 50_000],
])('a run with %s keeps nobody waiting', { timeout: 300_000 }, async (_, chars) => {
  const write = await longRun('r', chars);
  expect(await standstill(write), 'append').toBeLessThan(limitMs);
  expect(await standstill(() => runs.claim('r', 'w')), 'claim').toBeLessThan(limitMs);
  expect(await standstill(() => runs.journal('r')), 'read').toBeLessThan(limitMs);
  expect(await standstill(() => runs.stop('r', 'ada')), 'stop').toBeLessThan(limitMs);
  const suspend = async () => runs.suspend('r', await fenceOf(redis, 'r', times + 1));
  expect(await commands(suspend), 'suspend').toBeLessThan(fewCommands);
  await runs.claim('r', 'w');
  const fence = await fenceOf(redis, 'r', times + 2);
  const { request: accepted } = (await runs.read('r'))!;
  // A run ends only once, and one busy moment would spoil its time, so its commands are counted instead.
  const done = commands(() => runs.end(accepted, fence, end));
  expect(await done, 'end').toBeLessThan(fewCommands);
});

it.each([
  [200, 50_000],
  [12, 900_000],
])('%i results of %i characters are read piece by piece', async (count, chars) => {
  await runs.accept(request('r'));
  await runs.claim('r', 'w');
  const entries = Array.from({ length: count }, (_, call) => entriesOf(0, call, 'x'.repeat(chars))).flat();
  await openJournal(redis, 'r', 1).appendAll(entries);
  const replies: number[] = [];
  const read = redis.hmget.bind(redis) as (...args: unknown[]) => Promise<(string | null)[]>;
  const reading = vi.spyOn(redis, 'hmget').mockImplementation(async (...args: unknown[]) => {
    const values = await read(...args);
    replies.push(values.reduce((sum, value) => sum + (value?.length ?? 0), 0));
    return values;
  });
  const journal = await runs.journal('r');
  reading.mockRestore();
  const finished = journal.flatMap(({ entry }) => (entry.type === 'tool.finished' ? [entry] : []));
  expect(finished.map(({ content }) => content.length)).toEqual(finished.map(() => chars));
  expect(Math.max(...replies)).toBeLessThanOrEqual(mostChars);
});

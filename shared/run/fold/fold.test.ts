import { expect, it } from 'vitest';
import type { RunEvent } from '../follower.ts';
import { journalEntrySchema, type JournalEntryInput, type StoredEntry } from '../journal-entries.ts';
import { readSamples } from '#test/journals/load.ts';
import { parseEntry } from '../journal.ts';
import { foldEvent } from './follow.ts';
import { foldEntry, foldJournal } from './fold.ts';
import { createRunState, hasOpenCalls } from './run-state.ts';

// The readers' own suites show what each makes of the state; this one tests what they share.

const samples = readSamples('v1').map(({ name, journal }) => ({
  name,
  journal: journal.map(({ entry }, at): StoredEntry => ({
    id: `${1_000 + at}-0`,
    entry: parseEntry(['e', JSON.stringify({ expiresAt: 1, ...entry })])!,
  })),
}));

const text = (epoch: number, step: number, delta: string): RunEvent => ({
  kind: 'live',
  id: '1-0',
  event: { type: 'text', epoch, step, text: delta },
});
const told = (epoch: number, call: number, message: string): RunEvent => ({
  kind: 'live',
  id: '1-0',
  event: { type: 'tool-progress', epoch, step: 0, call, message },
});
const usage = { inputTokens: 1, outputTokens: 2, costUsd: 0.5, estimated: false };
const entry = (input: JournalEntryInput): RunEvent => ({
  kind: 'entry',
  id: '5-0',
  entry: journalEntrySchema.parse(input),
});
const answer = (step: number, calls: number): JournalEntryInput => ({
  type: 'model.answered',
  step,
  model: 'm',
  text: `Answer ${step}.`,
  toolCalls: Array.from({ length: calls }, (_, at) => ({ id: `c${at}`, name: 'look', arguments: `{"at":${at}}` })),
  finishReason: 'stop',
  usage,
  durationMs: 1,
});
const place = { step: 0, call: 1, tool: 'look', domain: 'd' };
const intent: JournalEntryInput = {
  type: 'tool.intended',
  ...place,
  arguments: '{"at":1}',
  repeatable: true,
  idempotencyKey: 'k',
};
const result: JournalEntryInput = { type: 'tool.finished', ...place, outcome: 'ok', content: 'seen', durationMs: 1 };

it.each(samples)('entry by entry is the same as all at once: $name', ({ journal }) => {
  for (let cut = 0; cut <= journal.length; cut += 1) {
    const state = foldJournal(journal.slice(0, cut));
    for (const { id, entry: each } of journal.slice(cut)) foldEntry(state, each, Number.parseInt(id, 10));
    expect(state).toEqual(foldJournal(journal));
  }
});

it('who follows a run knows the same as who reads its journal, but for what tools brought', () => {
  for (const { journal } of samples) {
    const followed = createRunState();
    for (const stored of journal) foldEvent(followed, { kind: 'entry', ...stored });
    const read = foldJournal(journal);
    for (const { result: brought } of read.calls.values()) if (brought) brought.content = '';
    expect(followed).toEqual(read);
  }
});

it('a step has its calls in the order of the answer, whatever came of them first', () => {
  const state = createRunState();
  for (const input of [answer(0, 3), intent, result]) foldEvent(state, entry(input));
  expect(state.steps[0]?.calls.map((call) => [call.call, call.intent !== undefined, call.result?.outcome])).toEqual([
    [0, false, undefined],
    [1, true, 'ok'],
    [2, false, undefined],
  ]);
  expect(hasOpenCalls(state.steps[0]!)).toBe(true);
  expect(state.steps[0]?.calls[1]).toBe(state.calls.get('0.1'));
});

it('does not copy what a tool brought', () => {
  const stored = journalEntrySchema.parse(result);
  const state = createRunState();
  foldEntry(state, stored, 1);
  expect(state.calls.get('0.1')?.result).toBe(stored);
});

it('text is that of the newest worker, of the step that is open', () => {
  const state = createRunState();
  const claimed = (epoch: number) => entry({ type: 'run.claimed', epoch, worker: 'w' });
  foldEvent(state, claimed(1));
  foldEvent(state, text(1, 0, 'Old'));
  expect(state.live).toEqual({ step: 0, text: 'Old' });
  // The new worker's text comes before its claim is read.
  expect(foldEvent(state, text(2, 0, 'New'))).toBe(true);
  expect(foldEvent(state, text(1, 0, ' ghost'))).toBe(false);
  foldEvent(state, claimed(2));
  foldEvent(state, text(2, 0, 'er'));
  expect(state.live).toEqual({ step: 0, text: 'Newer' });
  foldEvent(state, entry(answer(0, 0)));
  expect(state.live).toBeUndefined();
  expect(foldEvent(state, text(2, 0, 'late'))).toBe(false);
  expect(state.live).toBeUndefined();
});

it('text with a hole, or of an earlier try, is left to the journal', () => {
  const state = createRunState();
  const piece = (at: number, attempt: number, delta: string): RunEvent => ({
    kind: 'live',
    id: '1-0',
    event: { type: 'text', epoch: 1, step: 0, attempt, at, text: delta },
  });
  expect(foldEvent(state, piece(3, 0, 'late'))).toBe(false);
  expect(foldEvent(state, piece(0, 0, 'One '))).toBe(true);
  expect(foldEvent(state, piece(8, 0, 'three'))).toBe(false);
  foldEvent(state, entry({ type: 'answer.broke-off', step: 0, text: 'One two three' }));
  foldEvent(state, entry({ type: 'model.failed', step: 0, attempt: 1, reason: 'cut-stream', message: 'Cut.' }));
  expect(foldEvent(state, piece(0, 0, 'One '))).toBe(false);
  expect(foldEvent(state, piece(0, 1, 'New'))).toBe(true);
  expect(state.live).toEqual({ step: 0, text: 'New' });
});

it('text of a question that failed is void', () => {
  const state = createRunState();
  foldEvent(state, text(1, 0, 'Half'));
  foldEvent(state, entry({ type: 'model.failed', step: 0, attempt: 1, reason: 'cut-stream', message: 'Cut.' }));
  expect([state.live, state.failures]).toMatchObject([undefined, { count: 1, lastAt: 5 }]);
});

it('a tool tells of its progress until it has ended', () => {
  const state = createRunState();
  foldEvent(state, entry(answer(0, 2)));
  foldEvent(state, entry(intent));
  expect(foldEvent(state, told(0, 1, 'half'))).toBe(true);
  expect(state.calls.get('0.1')?.progress).toBe('half');
  foldEvent(state, entry(result));
  expect(foldEvent(state, told(0, 1, 'late'))).toBe(false);
});

it('what comes after the newest answer of a long run costs the same as after its first', () => {
  const state = createRunState();
  for (let step = 0; step < 2_000; step += 1) foldEvent(state, entry(answer(step, 4)));
  const counted = new Proxy(state.calls, {
    get: (calls, name: 'get') => {
      if (name !== 'get' && name !== 'set') throw new Error(`all calls are looked through: ${String(name)}`);
      const found: unknown = Reflect.get(calls, name);
      return typeof found === 'function' ? (found.bind(calls) as unknown) : found;
    },
  });
  state.calls = counted;
  for (const input of [intent, result, answer(2_000, 2)]) foldEvent(state, entry(input));
  expect(state.steps).toHaveLength(2_001);
});

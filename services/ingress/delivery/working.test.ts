import { expect, test } from 'vitest';
import { foldEntry } from '#shared/run/fold/fold.ts';
import { createRunState } from '#shared/run/fold/run-state.ts';
import { speak } from '../language/say.ts';
import { workingText } from './working.ts';

const say = speak('en');

const at = 1_700_000_000_000;
function asked() {
  const state = createRunState();
  state.acceptedAt = at;
  return state;
}

test('says since when it is worked on', () => {
  expect(workingText(asked(), at, say)).toBe('⏳ Working on it… asked <t:1700000000:R>');
});

test('says when a model that is busy is tried again', () => {
  const state = asked();
  const failed = { type: 'model.failed', step: 0, attempt: 1, reason: 'rate-limit', message: 'Busy.' } as const;
  foldEntry(state, { ...failed, retryInMs: 20_000 }, at + 5_000);
  expect(workingText(state, at, say)).toBe(
    '⏳ Waiting for the model, next try <t:1700000025:R>; asked <t:1700000000:R>',
  );
});

test('a tool that takes long gets the line, one that has just begun does not', () => {
  const state = asked();
  const place = { step: 0, call: 0, tool: 'look', domain: 'played', arguments: '{}' };
  foldEntry(state, { type: 'tool.intended', ...place, repeatable: true, idempotencyKey: 'k' }, at);
  expect(workingText(state, at + 1_000, say)).toBeUndefined();
  expect(workingText(state, at + 11_000, say)).toBe('⏳ asked <t:1700000000:R>');
});

test('says nothing while the answer is written, or somebody is asked', () => {
  const writing = asked();
  writing.live = { step: 0, text: 'A' };
  const waiting = asked();
  foldEntry(waiting, { type: 'question.asked', question: 'q', step: 0, call: 0, text: 'Which?', expiresAt: at }, at);
  expect([workingText(writing, at, say), workingText(waiting, at, say)]).toEqual([undefined, undefined]);
});

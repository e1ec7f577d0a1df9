import { expect, test } from 'vitest';
import type { RunEvent } from '#shared/run/follower.ts';
import type { JournalEntryInput } from '#shared/run/journal-entries.ts';
import { journalEntrySchema } from '#shared/run/journal-entries.ts';
import { foldEvent } from '#shared/run/fold/follow.ts';
import { createRunState } from '#shared/run/fold/run-state.ts';
import { createTranscript } from './transcript.ts';

let id = 0;

function entry(input: JournalEntryInput): RunEvent {
  id += 1;
  return { kind: 'entry', id: `${id}-0`, entry: journalEntrySchema.parse(input) };
}

function text(epoch: number, step: number, delta: string): RunEvent {
  id += 1;
  return { kind: 'live', id: `${id}-0`, event: { type: 'text', epoch, step, text: delta } };
}

function claimed(epoch: number): RunEvent {
  return entry({ type: 'run.claimed', epoch, worker: 'w' });
}

function answered(step: number, full: string): RunEvent {
  return entry({
    type: 'model.answered',
    step,
    model: 'm',
    text: full,
    toolCalls: [],
    finishReason: 'stop',
    usage: {},
    durationMs: 1,
  });
}

/** What a reader sees at the end: text that was made void is gone. */
function read(events: RunEvent[]): { text: string; kinds: string[] } {
  const state = createRunState();
  const transcript = createTranscript();
  const shown = events.flatMap((event) => (foldEvent(state, event) ? transcript(event, state) : []));
  let current = '';
  let all = '';
  for (const event of shown) {
    if (event.type === 'text') current += event.text;
    if (event.type === 'text-void') current = '';
    if (event.type !== 'text-end') continue;
    all += `${current}\n`;
    current = '';
  }
  return { text: all + current, kinds: shown.map(({ type }) => type) };
}

test('live text comes at once and is not repeated by the journal', () => {
  expect(read([claimed(1), text(1, 0, 'Hel'), text(1, 0, 'lo'), answered(0, 'Hello')]).text).toBe('Hello\n');
});

test('the journal completes what of the live text got lost at its end', () => {
  expect(read([claimed(1), text(1, 0, 'Hel'), answered(0, 'Hello there')]).text).toBe('Hello there\n');
});

test('the journal replaces live text with a gap', () => {
  expect(read([claimed(1), text(1, 0, 'He'), text(1, 0, 'there'), answered(0, 'Hello there')]).text).toBe(
    'Hello there\n',
  );
});

test('text of a dead worker is void, and what it still sends is dropped', () => {
  const events = [
    claimed(1),
    text(1, 0, 'Old '),
    claimed(2),
    text(1, 0, 'ghost'),
    text(2, 0, 'New'),
    answered(0, 'New'),
  ];
  const { text: shown, kinds } = read(events);
  expect(shown).toBe('New\n');
  expect(kinds).toContain('taken-over');
});

test('a new worker is seen by its text before its claim is read', () => {
  expect(read([claimed(1), text(1, 0, 'Old'), text(2, 0, 'New'), claimed(2), answered(0, 'New')]).text).toBe('New\n');
});

test('late live text of a step that is answered is dropped', () => {
  expect(read([claimed(1), answered(0, 'One'), text(1, 0, 'One'), text(1, 1, 'Two'), answered(1, 'Two')]).text).toBe(
    'One\nTwo\n',
  );
});

test('going on after a decision is not told as a crash', () => {
  const request = {
    type: 'approval.requested',
    approval: 'a',
    step: 0,
    call: 0,
    tool: 't',
    arguments: '{}',
    argumentsHash: 'h',
    kind: 'policy',
    expiresAt: 1,
  } as const;
  const decision = { type: 'approval.decided', approval: 'a', decision: 'allow', by: 'me' } as const;
  expect(read([claimed(1), entry(request), entry(decision), claimed(2)]).kinds).not.toContain('taken-over');
  expect(read([claimed(1), entry(request), entry(decision), claimed(2), claimed(3)]).kinds).toContain('taken-over');
});

test('text of a question that failed is void, and the next try begins anew', () => {
  const failed = entry({
    type: 'model.failed',
    step: 0,
    attempt: 1,
    reason: 'cut-stream',
    message: 'Cut.',
    retryInMs: 1,
  });
  const seen = read([claimed(1), text(1, 0, 'Hel'), failed, text(1, 0, 'Hello'), text(1, 0, ' there')]);
  expect(seen.text).toBe('Hello there');
});

test('a tool that is at work tells of its progress', () => {
  const place = { step: 0, call: 0, tool: 'scan' };
  const intended = entry({
    type: 'tool.intended',
    ...place,
    domain: 'd',
    arguments: '{}',
    repeatable: true,
    idempotencyKey: 'k',
  });
  const progress: RunEvent = {
    kind: 'live',
    id: '99-0',
    event: { type: 'tool-progress', epoch: 1, step: 0, call: 0, message: 'half' },
  };
  expect(read([claimed(1), answered(0, ''), intended, progress]).kinds).toEqual([
    'text-end',
    'tool-started',
    'tool-progress',
  ]);
});

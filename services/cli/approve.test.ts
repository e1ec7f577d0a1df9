import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askHuman } from './approve.ts';
import type { Approval } from './ask.ts';
import { createTestTerminal } from './testing/terminal.ts';

function approval(over: Partial<Approval> = {}): Approval {
  return {
    type: 'approval.requested',
    approval: 'a1',
    step: 0,
    call: 0,
    tool: 'write_file',
    arguments: '{"path":"report.md","content":"long \\u001b[2J text"}',
    argumentsHash: 'h',
    kind: 'policy',
    expiresAt: 0,
    ...over,
  };
}

/** A person who types these lines. */
function typing(...lines: string[]) {
  const prompts: string[] = [];
  return {
    prompts,
    read: async (prompt: string) => {
      prompts.push(prompt);
      return lines.shift();
    },
    [Symbol.dispose]: () => undefined,
  };
}

const { signal } = new AbortController();

test('shows the exact arguments without control characters and asks until the answer fits', async () => {
  const terminal = createTestTerminal({ person: true });
  const reader = typing('maybe', 'Y');
  expect(await askHuman(terminal, reader, approval(), signal)).toEqual({ decision: 'allow' });
  expect(reader.prompts).toHaveLength(2);
  expect(terminal.written.err).toContain('"path": "report.md"');
  expect(terminal.written.err).toContain('long \\u001b[2J text');
  expect(terminal.written.err).not.toContain('\u001B[2J');
});

test('no is no', async () => {
  const terminal = createTestTerminal({ person: true });
  expect(await askHuman(terminal, typing('n'), approval(), signal)).toEqual({ decision: 'deny' });
});

test.each([
  ['y', 'happened'],
  ['no', 'did-not-happen'],
  ['leave', 'deny'],
])('an interrupted call: %s means %s', async (line, decision) => {
  const terminal = createTestTerminal({ person: true });
  const verdict = await askHuman(terminal, typing(line), approval({ kind: 'unknown-outcome' }), signal);
  expect(verdict).toEqual({ decision });
});

test('the end of the input leaves the question open', async () => {
  const terminal = createTestTerminal({ person: true });
  expect(await askHuman(terminal, typing(), approval(), signal)).toBeUndefined();
});

test('a script is not asked: denied, with the reason for the model', async () => {
  const terminal = { ...createTestTerminal({ person: false }), input: new PassThrough() };
  const reader = typing('y');
  expect(await askHuman(terminal, reader, approval(), signal)).toMatchObject({
    decision: 'deny',
    reason: expect.stringContaining('script'),
  });
  expect(reader.prompts).toEqual([]);
});

import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askBack } from './answer.ts';
import { createTestTerminal } from './testing/terminal.ts';

const asked = {
  type: 'question.asked' as const,
  question: 'q',
  step: 0,
  call: 0,
  text: 'Which one?\u001B[2J',
  choices: ['the first', 'the second'],
  expiresAt: 0,
};
const { signal } = new AbortController();

function typing(...lines: string[]) {
  return { read: async () => lines.shift(), [Symbol.dispose]: () => undefined };
}

test.each([
  [['', '2'], { by: 'ada', text: 'the second' }],
  [['none of them'], { by: 'ada', text: 'none of them' }],
  [['7'], { by: 'ada', text: '7' }],
  [[], undefined],
])('%j is taken as %j', async (lines, reply) => {
  const terminal = createTestTerminal({ person: true });
  expect(await askBack(terminal, typing(...lines), asked, 'ada', signal)).toEqual(reply);
  expect(terminal.written.err).toContain('2. the second');
  expect(terminal.written.err).not.toContain('\u001B[2J');
});

test('a script is not asked, and the model is told', async () => {
  const terminal = { ...createTestTerminal({ person: false }), input: new PassThrough() };
  expect(await askBack(terminal, typing('1'), asked, 'ada', signal)).toEqual({ none: 'unasked' });
});

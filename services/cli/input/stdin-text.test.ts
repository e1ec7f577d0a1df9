import { expect, test } from 'vitest';
import { createTestTerminal } from '../testing/terminal.ts';
import { readStdin } from './stdin-text.ts';

test('stdin that begins, falls silent and does not end is refused instead of waited for', async () => {
  const terminal = createTestTerminal({ person: false });
  terminal.input.write('half');
  const read = readStdin(terminal, { optional: true, silentMs: 50 });
  await expect(read).rejects.toThrow(/^stdin sent 4 bytes, then nothing for 0\.05 s, and has not ended/);
  expect(terminal.input.destroyed).toBe(true);
});

test('stdin that must come is waited for, and what is between its bytes does not matter', async () => {
  const terminal = createTestTerminal({ person: false });
  const read = readStdin(terminal, { optional: false, beginMs: 1, silentMs: 1 });
  for (const byte of Buffer.from('ü\n日\r\n\n')) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    terminal.input.write(Buffer.from([byte]));
  }
  terminal.input.end();
  expect(await read).toBe('ü\n日');
  expect(terminal.written.err).toContain('Reading stdin until it ends');
});

test('optional stdin at a terminal is not touched', async () => {
  const terminal = createTestTerminal({ person: true });
  expect(await readStdin(terminal, { optional: true })).toBe('');
  expect(terminal.input.destroyed).toBe(false);
});

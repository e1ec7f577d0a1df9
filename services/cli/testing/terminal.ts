import { PassThrough } from 'node:stream';
import type { Terminal } from '../terminal.ts';

export interface TestTerminal extends Terminal {
  written: { out: string; err: string };
  input: PassThrough & { isTTY?: boolean };
}

/** A terminal that remembers what was written to it. `person` says whether somebody sits at it. */
export function createTestTerminal(options: { person: boolean; columns?: number }): TestTerminal {
  const written = { out: '', err: '' };
  const shape = { isTTY: options.person, columns: options.columns ?? 80 };
  return {
    written,
    out: { ...shape, write: (text) => void (written.out += text) },
    err: { ...shape, write: (text) => void (written.err += text) },
    input: Object.assign(new PassThrough(), { isTTY: options.person }),
  };
}

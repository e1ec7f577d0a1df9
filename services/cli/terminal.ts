import type { Readable } from 'node:stream';
import { processEnvironment } from '#shared/ground/config.ts';

/** Something that text is written to. */
export interface Output {
  write(text: string): void;
  /** True when a person reads it as it comes. */
  isTTY: boolean;
  columns: number;
}

/** Where a command reads and writes: the process' own streams, or a test's. */
export interface Terminal {
  /** Answers and listings. */
  out: Output;
  /** Progress, questions and errors. */
  err: Output;
  input: Readable & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
}

/** Whether a person writes here, on a terminal that knows how to move its cursor. */
export function canDraw({ input, err }: Terminal): boolean {
  return input.isTTY === true && err.isTTY && processEnvironment()['TERM'] !== 'dumb';
}

/** The process' own streams. */
export function processTerminal(): Terminal {
  return { out: outputOf(process.stdout), err: outputOf(process.stderr), input: process.stdin };
}

function outputOf(stream: NodeJS.WriteStream): Output {
  // A reader may leave early (`dragoman tools | head`), which is not a failure.
  stream.on('error', () => undefined);
  return {
    write: (text) => void stream.write(text),
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      // Some terminals report 0 columns.
      return stream.columns || 80;
    },
  };
}

import { createInterface, type Interface } from 'node:readline';
import type { Terminal } from './terminal.ts';

/** Lines from a person or a script. */
export interface LineReader extends Disposable {
  /** The next line; undefined at the end of the input, when Ctrl-C was pressed on an empty line, or when `signal` aborts. */
  read(prompt: string, signal?: AbortSignal): Promise<string | undefined>;
}

const historySize = 200;

/** A person gets a line editor with history for each line; between lines the terminal's own Ctrl-C works. */
export function createLineReader(terminal: Terminal): LineReader {
  return terminal.input.isTTY ? personReader(terminal) : scriptReader(terminal);
}

function personReader({ input }: Terminal): LineReader {
  let history: string[] = [];
  return {
    read(prompt, signal) {
      return new Promise((resolve) => {
        const reader = createInterface({ input, output: process.stderr, terminal: true, history, historySize });
        reader.on('history', (lines) => (history = lines));
        let done = false;
        const finish = (line?: string) => {
          if (done) return;
          done = true;
          signal?.removeEventListener('abort', abort);
          reader.close();
          resolve(line);
        };
        const abort = () => finish();
        signal?.addEventListener('abort', abort, { once: true });
        reader.on('SIGINT', () => {
          if (reader.line === '') process.stderr.write('\n');
          if (reader.line === '') finish();
          // As a shell does: the half-written line is dropped.
          else reader.write(null, { ctrl: true, name: 'u' });
        });
        reader.on('close', () => finish());
        reader.question(prompt, finish);
        if (signal?.aborted) finish();
      });
    },
    [Symbol.dispose]: () => undefined,
  };
}

function scriptReader({ input }: Terminal): LineReader {
  let reader: Interface | undefined;
  const lines: string[] = [];
  const state = { ended: false, wake: () => {} };
  function open(): void {
    if (reader) return;
    reader = createInterface({ input, terminal: false });
    reader.on('line', (line) => {
      lines.push(line);
      state.wake();
    });
    reader.on('close', () => {
      state.ended = true;
      state.wake();
    });
  }
  return {
    async read(_prompt, signal) {
      open();
      const abort = () => state.wake();
      signal?.addEventListener('abort', abort, { once: true });
      try {
        for (;;) {
          if (signal?.aborted) return undefined;
          if (lines.length > 0 || state.ended) return lines.shift();
          await new Promise<void>((resolve) => (state.wake = resolve));
        }
      } finally {
        signal?.removeEventListener('abort', abort);
      }
    },
    [Symbol.dispose]: () => reader?.close(),
  };
}

import { createInterface, type Interface } from 'node:readline';
import { burstMs } from './input/strokes.ts';
import { listenToPerson } from './input/person.ts';
import { createLiveRegion } from './show/live-region.ts';
import { canDraw, type Terminal } from './terminal.ts';

/** Lines from a person or a script. */
export interface LineReader extends Disposable {
  /** The next line; undefined at the input's end, after Ctrl-C on an empty line, or when `signal` aborts. */
  read(prompt: string, signal?: AbortSignal, options?: ReadOptions): Promise<string | undefined>;
}

export interface ReadOptions {
  /** What is typed is not shown, and stays on no screen. */
  hidden?: boolean;
}

/** Opens a reader. A person gets a line editor for each line; between lines the terminal is left as it was. */
export function createLineReader(terminal: Terminal): LineReader {
  if (!canDraw(terminal)) return scriptReader(terminal);
  return {
    async read(prompt, signal, options) {
      using person = listenToPerson({ terminal, region: createLiveRegion(terminal.err) });
      return await person.ask(prompt, signal, options);
    },
    [Symbol.dispose]: () => undefined,
  };
}

/**
 * Also serves a person at a terminal on which nothing can be drawn: that terminal has its own line editing, and lines
 * that come at once are one paste.
 */
function scriptReader({ input, err }: Terminal): LineReader {
  let reader: Interface | undefined;
  const lines: string[] = [];
  const state = { ended: false, wake: () => {}, lastAt: -Infinity };
  const quietFor = () => performance.now() - state.lastAt;
  function open(): void {
    if (reader) return;
    reader = createInterface({ input, terminal: false });
    reader.on('line', (line) => {
      const pasted = input.isTTY && lines.length > 0 && quietFor() < burstMs;
      if (pasted) lines.push(`${lines.pop()}\n${line}`);
      else lines.push(line);
      state.lastAt = performance.now();
      state.wake();
    });
    reader.on('close', () => {
      state.ended = true;
      state.wake();
    });
  }
  return {
    async read(prompt, signal) {
      open();
      if (input.isTTY) err.write(prompt);
      const abort = () => state.wake();
      signal?.addEventListener('abort', abort, { once: true });
      try {
        for (;;) {
          if (signal?.aborted) return undefined;
          const rest = input.isTTY && lines.length === 1 && !state.ended ? burstMs - quietFor() : 0;
          if (rest <= 0 && (lines.length > 0 || state.ended)) return lines.shift();
          const timer = rest > 0 ? setTimeout(() => state.wake(), rest + 1) : undefined;
          await new Promise<void>((resolve) => (state.wake = resolve));
          clearTimeout(timer);
        }
      } finally {
        signal?.removeEventListener('abort', abort);
      }
    },
    [Symbol.dispose]: () => reader?.close(),
  };
}

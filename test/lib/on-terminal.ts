import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** A program of the project on a real pseudo-terminal. */
export interface TerminalProgram extends AsyncDisposable {
  /** All that was written to the screen so far, without control sequences. */
  shown(): string;
  /** The same with control sequences. */
  raw(): string;
  /**
   * Waits until something that fits was written to the screen after the previous wait. Rejects when the program ends
   * before.
   */
  until(fits: RegExp): Promise<void>;
  type(keys: string): void;
  /** Its exit code. */
  ended: Promise<number | null>;
}

const root = path.resolve(import.meta.dirname, '../..');

/** Why there is no pseudo-terminal here; undefined when there is. */
export const ptyMissing =
  spawnSync('python3', ['-c', 'import pty'], { stdio: 'ignore' }).status === 0
    ? undefined
    : 'no python3 here, which makes the pseudo-terminal';

/** Starts a script with Node on a pseudo-terminal of 24 rows and 80 columns, or as many as said. */
export function startOnTerminal(
  script: string,
  args: string[],
  env: Record<string, string>,
  columns = 80,
): TerminalProgram {
  const command = [
    path.join(import.meta.dirname, 'on-terminal.py'),
    process.execPath,
    path.join(root, script),
    ...args,
  ];
  const { PATH, HOME, USER } = process.env;
  const child = spawn('python3', command, {
    cwd: root,
    env: { PATH, HOME, USER, TERM: 'xterm', COLUMNS_OF_TERMINAL: String(columns), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let raw = '';
  let seen = 0;
  let look = () => {};
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    raw += chunk;
    look();
  });
  child.stderr.on('data', (chunk: Buffer) => (raw += chunk.toString()));
  child.stdin.on('error', () => undefined);
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const shown = () => stripVTControlCharacters(raw);
  return {
    shown,
    raw: () => raw,
    ended,
    until(fits) {
      const found = new Promise<void>((resolve) => {
        look = () => {
          const match = fits.exec(shown().slice(seen));
          if (!match) return;
          seen += match.index + match[0].length;
          look = () => {};
          resolve();
        };
        look();
      });
      const dead = ended.then((code) => Promise.reject(new Error(`ended with ${code} before ${fits}:\n${shown()}`)));
      return Promise.race([found, dead]);
    },
    type: (keys) => void child.stdin.write(keys),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A process of the rig, which can be ended in every way. */
export interface RigProcess extends AsyncDisposable {
  pid: number;
  addresses: Record<string, string>;
  /** The last lines that it wrote. */
  tail(): string;
  signal(signal: NodeJS.Signals): void;
  /** Resolves when it has ended. */
  gone: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
}

const root = path.resolve(import.meta.dirname, '../../..');
/** How long a process may take to start on a busy machine. */
const startMs = 120_000;
const keptLines = 200;

/**
 * Starts a script with `env` and resolves when it says that it is ready. `flags` are for Node itself; `tree` is the
 * folder of its code.
 */
export async function startRigProcess(
  script: string,
  env: Record<string, string>,
  flags: string[] = [],
  tree = root,
): Promise<RigProcess> {
  // The leash makes sure that an interrupted suite leaves nothing running.
  const child = spawn(process.execPath, ['--import', './start/leash.mjs', ...flags, script], {
    cwd: tree,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? path.join(tree, 'node_modules/.cache/compile'),
      METRICS_PORT: '0',
      METRICS_HOST: '127.0.0.1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  }) as ChildProcessByStdio<null, Readable, Readable>;
  const lines: string[] = [];
  const note = (line: string): void => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
  };
  const tail = () => lines.join('\n');
  const gone = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const { promise: ready, resolve: isReady } = Promise.withResolvers<Record<string, string>>();
  createInterface({ input: child.stderr }).on('line', note);
  createInterface({ input: child.stdout }).on('line', (line) => {
    note(line);
    if (line.includes('"msg":"ready"'))
      isReady((JSON.parse(line) as { addresses?: Record<string, string> }).addresses ?? {});
  });
  const failed = gone.then(({ code, signal }) => {
    throw new Error(`${script} ended (${code ?? signal}) before it was ready:\n${tail()}`);
  });
  failed.catch(() => undefined);
  const timer = setTimeout(() => child.kill('SIGKILL'), startMs);
  const addresses = await Promise.race([ready, failed]).finally(() => clearTimeout(timer));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  return {
    pid: child.pid ?? 0,
    addresses,
    tail,
    signal: (signal) => void child.kill(signal),
    gone,
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

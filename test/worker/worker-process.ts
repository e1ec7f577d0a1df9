import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface WorkerProcess extends AsyncDisposable {
  pid: number;
  /** Kills it at once (kill -9). */
  kill(): Promise<void>;
  /** Sends SIGTERM. Resolves with the exit code. */
  terminate(): Promise<number | null>;
  signal(signal: NodeJS.Signals): void;
}

const main = path.join(import.meta.dirname, 'process.ts');

/** Starts a worker process (test/worker/process.ts). Resolves when it says that it is ready. */
export async function startWorkerProcess(env: Record<string, string>): Promise<WorkerProcess> {
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, METRICS_PORT: '0', METRICS_HOST: '127.0.0.1', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await ready(child);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const [code] = await exited;
    return code;
  }
  return {
    pid: child.pid ?? 0,
    kill: async () => void (await end('SIGKILL')),
    terminate: () => end('SIGTERM'),
    signal: (signal) => void child.kill(signal),
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
  };
}

async function ready(child: ChildProcess): Promise<void> {
  const lines = createInterface({ input: child.stdout! });
  const failed = once(child, 'exit').then(() => Promise.reject(new Error('the worker ended before it was ready')));
  const said = (async () => {
    for await (const line of lines) if (line.includes('"msg":"ready"')) return;
  })();
  await Promise.race([said, failed]);
  failed.catch(() => undefined);
  // Its log must be read, or the pipe fills and the process stops.
  child.stdout?.resume();
}

/** A line of TOOL_WITNESS: one execution of a tool. */
export interface Execution {
  tool: string;
  arguments: Record<string, unknown>;
  key: string;
  pid: number;
}

export function readWitness(file: string): Execution[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Execution);
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { MemoryCgroup } from './memory-cgroup.ts';

export interface ServiceProcess extends AsyncDisposable {
  pid: number;
  /** The addresses from the line that said it is ready. */
  addresses: Record<string, string>;
  /** All that it wrote so far. */
  output(): string;
  /** Waits for it to end by itself. Rejects when that takes longer than 60 s. */
  ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Sends SIGTERM and waits for the end. Rejects when it takes longer than 20 s: a handle was left open. */
  stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

const root = path.resolve(import.meta.dirname, '../..');
const startMs = 40_000;
const stopMs = 20_000;
const endMs = 60_000;

/**
 * Runs a service's main.ts with only `env` (and PATH, HOME), with its metrics on a free port, until it is ready. Limits
 * its memory when a limit is given.
 */
export async function startServiceProcess(
  script: string,
  env: Record<string, string>,
  memory?: MemoryCgroup,
): Promise<ServiceProcess> {
  const plain = [process.execPath, script];
  const [command = '', ...args] = memory?.enter(plain) ?? plain;
  const child = spawn(command, args, {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      METRICS_PORT: '0',
      METRICS_HOST: '127.0.0.1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const gone = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const ready = new Promise<Record<string, string>>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      output += `${line}\n`;
      const addresses = readyAddresses(line);
      if (addresses) resolve(addresses);
    });
  });
  // It waits for `close` and not for `exit`, because the last output may still be on its way at `exit`.
  const dead = once(child, 'close').then(([code]) =>
    Promise.reject(new Error(`${script} ended (${String(code)}) at start:\n${output}`)),
  );
  const addresses = await within(Promise.race([ready, dead]), startMs, `${script} to be ready`, child, () => output);
  dead.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    addresses,
    output: () => output,
    ended: () => within(gone, endMs, `${script} to end by itself`, child, () => output),
    stop() {
      child.kill('SIGTERM');
      return within(gone, stopMs, `${script} to end`, child, () => output);
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function readyAddresses(line: string): Record<string, string> | undefined {
  if (!line.includes('"msg":"ready"')) return undefined;
  const entry = JSON.parse(line) as { msg?: string; addresses?: Record<string, string> };
  return entry.msg === 'ready' ? (entry.addresses ?? {}) : undefined;
}

/** When the time is over, kills the process and fails with what it wrote. */
async function within<T>(
  work: Promise<T>,
  ms: number,
  what: string,
  child: ChildProcess,
  output: () => string,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    late.reject(new Error(`waited ${ms / 1000} s for ${what}:\n${output()}`));
  }, ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

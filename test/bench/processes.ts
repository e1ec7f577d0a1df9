import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(import.meta.dirname, '../..');

/** BENCH_PROFILE=folder writes a CPU profile of every process there. */
const profiles = process.env['BENCH_PROFILE'];
const profiling = profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`, '--cpu-prof-interval=500'] : [];

export interface Started extends AsyncDisposable {
  pid: number;
  /** The log line that said it is ready. */
  ready: Record<string, unknown>;
}

/**
 * Starts a TypeScript file as a process and waits for the JSON line that `isReady` accepts. Rejects when the process
 * ends before that.
 */
export async function startProcess(
  file: string,
  env: Record<string, string>,
  isReady: (line: Record<string, unknown>) => boolean,
): Promise<Started> {
  const child = spawn(process.execPath, [...profiling, path.join(root, file)], {
    cwd: root,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = await readyLine(child, file, isReady);
  return {
    pid: child.pid ?? 0,
    ready,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await gone;
      clearTimeout(force);
    },
  };
}

function readyLine(
  child: ChildProcess,
  file: string,
  isReady: (line: Record<string, unknown>) => boolean,
): Promise<Record<string, unknown>> {
  const { stdout } = child;
  if (!stdout) throw new Error('no stdout');
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code} before it was ready`)));
    createInterface({ input: stdout }).on('line', (text) => {
      const line = parseLine(text);
      if (line && isReady(line)) resolve(line);
      else if (line?.['level'] === 'error' || line?.['level'] === 'fatal') process.stderr.write(`${file}: ${text}\n`);
    });
  });
}

function parseLine(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Milliseconds of CPU that a process and its children have used so far, user and system (Linux). */
export function cpuMs(pid: number): number {
  const ofOne = (each: number) => {
    const fields = readFileSync(`/proc/${each}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    // The process' own user and system time, then those of its children that have ended.
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return ticks * 10;
  };
  return sumOf(pid, ofOne);
}

/** Megabytes of memory of a process and its children; what they share is counted once (Linux: PSS). */
export function memoryMb(pid: number): number {
  const ofOne = (each: number) =>
    Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${each}/smaps_rollup`, 'utf8'))?.[1]);
  return sumOf(pid, ofOne) / 1_024;
}

/** How many processes a process and its children are, and how many of them run Node (Linux). */
export function processCount(pid: number): { processes: number; nodes: number } {
  const isNode = (each: number) => path.basename(readlinkSync(`/proc/${each}/exe`)) === 'node';
  return { processes: sumOf(pid, () => 1), nodes: sumOf(pid, (each) => (isNode(each) ? 1 : 0)) };
}

/** Children start and end; one that has just ended counts nothing. */
function sumOf(pid: number, ofOne: (pid: number) => number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  return children.reduce((sum, child) => {
    try {
      return sum + sumOf(child, ofOne);
    } catch {
      return sum;
    }
  }, ofOne(pid));
}

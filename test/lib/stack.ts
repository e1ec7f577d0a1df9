import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StackFile } from '#services/cli/stack-file.ts';
import { freePort } from './ports.ts';

const root = path.resolve(import.meta.dirname, '../..');

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningProgram {
  pid: number;
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  finished: Promise<Finished>;
}

/** Starts a script of the project with Node. It gets `input` on stdin, which then ends. */
export function startProgram(
  script: string,
  args: string[],
  options: { env?: Record<string, string | undefined>; input?: string } = {},
): RunningProgram {
  const child = spawn(process.execPath, [path.join(root, script), ...args], {
    cwd: root,
    env: { ...cleanEnvironment(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => void child.kill(signal),
    finished: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    }),
  };
}

/** The machine's own environment, without variables that could make a test use something that runs here. */
export function cleanEnvironment(): Record<string, string | undefined> {
  const { PATH, HOME, USER, TMPDIR, NODE_EXTRA_CA_CERTS, NODE_COMPILE_CACHE } = process.env;
  return { PATH, HOME, USER, TMPDIR, NODE_EXTRA_CA_CERTS, NODE_COMPILE_CACHE, NO_COLOR: '1' };
}

export interface TestStack extends AsyncDisposable {
  folder: string;
  starter: RunningProgram;
  /** What stack.json says at this moment. */
  file(): StackFile;
  /** Runs the terminal's command against this stack. */
  dragoman(args: string[], input?: string): Promise<Finished>;
}

const startMs = 90_000;

/** `npm start` with all its processes and a state folder of its own, once it is up. */
export async function startTestStack(env: Record<string, string>): Promise<TestStack> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-stack-'));
  // The usual ports are not used, because another stack may look for them at the same moment.
  const ports = { PLAYGROUND_PORT: String(await freePort()), API_PORT: String(await freePort()) };
  const own = { ...ports, ...env, DRAGOMAN_STATE_DIR: folder };
  const starter = startProgram('start/main.ts', [], { env: own });
  const up = async () => {
    while (!starter.stdout().includes('Stop:')) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const dead = starter.finished.then(({ stderr }) => Promise.reject(new Error(`the stack did not start:\n${stderr}`)));
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`not up after ${startMs / 1000} s:\n${starter.stderr()}`)), startMs).unref();
  });
  const dispose = async () => {
    starter.kill('SIGTERM');
    await starter.finished;
    await rm(folder, { recursive: true, force: true });
  };
  dead.catch(() => undefined);
  try {
    await Promise.race([up(), dead, late]);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    folder,
    starter,
    file: () => JSON.parse(readFileSync(path.join(folder, 'stack.json'), 'utf8')) as StackFile,
    dragoman: (args, input = '') => startProgram('services/cli/main.ts', args, { env: own, input }).finished,
    [Symbol.asyncDispose]: dispose,
  };
}

/** The ids of processes whose command line names `text` (Linux only). */
export function processesNaming(text: string): string[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  return processIds().filter(
    (pid) => readProc(pid, 'cmdline').includes(text) || readProc(pid, 'environ').includes(text),
  );
}

function processIds(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

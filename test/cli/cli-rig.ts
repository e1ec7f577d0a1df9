import { spawn, type StdioOptions } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { startOnTerminal, type TerminalProgram } from '#test/lib/on-terminal.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig } from '#test/worker/rig.ts';

const root = path.resolve(import.meta.dirname, '../..');
const program = 'services/cli/dragoman.mjs';

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliProgram {
  stdin: Writable | null;
  stderr(): string;
  finished: Promise<CliResult>;
}

/** `dragoman` as a process, with a real Redis and worker, and a model that answers "Answer N is here." */
export interface CliRig extends AsyncDisposable {
  /** What the model was asked since `forget`, in order. */
  questions: string[];
  /** The state folder of `dragoman`, empty at first. */
  folder: string;
  redisUrl: string;
  /** Forgets the questions and stops keeping answers back. */
  forget(): void;
  /** Keeps answers back until the returned function is called. */
  keepBack(): () => void;
  /** Runs `dragoman`. `input` comes on stdin, which then ends; otherwise stdin is what `stdio` says. */
  run(args: string[], input: string | Buffer, env?: Record<string, string>): Promise<CliResult>;
  start(args: string[], stdio: StdioOptions, env?: Record<string, string>): CliProgram;
  atTerminal(args: string[], env?: Record<string, string>, columns?: number): TerminalProgram;
  /** What the model answers to questions with this text in them, instead of its usual answer. */
  answer(to: string, text: string): void;
}

/**
 * "please write" makes the model call `write`, which needs a yes; "please burn" calls `burn`, which its server refuses;
 * "please fail" fails, "please throttle" is asked too often until it has an answer.
 */
export async function startCliRig(): Promise<CliRig> {
  const rig = await startRig();
  const toolbox = createPlayedToolbox({
    write: { readOnly: false, permission: 'approve', run: () => 'written' },
    burn: { run: () => ({ outcome: 'refused', content: 'not for you' }) },
  });
  // A summary of a long talk would be one more question to the model.
  const worker = await rig.worker({ toolbox }, { HISTORY_SUMMARY: 'false' });
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-cli-'));
  const questions: string[] = [];
  const answers = new Map<string, string>();
  let hold = Promise.resolve();
  rig.model.handle(async (request) => {
    if (request.user.includes('please fail')) return { error: { status: 401 } };
    const throttle = 'please throttle';
    if (request.user.includes(throttle) && !answers.has(throttle)) return { error: { status: 429 } };
    const tool = /please (write|burn)/.exec(request.user)?.[1];
    if (tool !== undefined && request.step === 0) return { toolCalls: [{ name: tool, arguments: { file: 'a.md' } }] };
    if (request.step > 0) return { text: `After the call: ${request.results.at(-1)?.text}.` };
    // The question begins with the person's name.
    questions.push(request.user.replace(/^\S+: /, ''));
    await hold;
    const given = [...answers].find(([to]) => request.user.includes(to));
    if (given) return { text: given[1] };
    return { text: `Answer ${questions.length} is here.` };
  });
  const { PATH, HOME, USER } = process.env;
  const env = {
    REDIS_URL: rig.server.url,
    DRAGOMAN_STATE_DIR: folder,
    LITELLM_API_BASE: rig.model.url,
    MODEL_NAME: 'default',
  };
  function start(args: string[], stdio: StdioOptions, more: Record<string, string> = {}): CliProgram {
    const child = spawn(process.execPath, [path.join(root, program), ...args], {
      cwd: root,
      env: { PATH, HOME, USER, NO_COLOR: '1', ...env, ...more },
      stdio,
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.stdin?.on('error', () => undefined);
    const finished = new Promise<CliResult>((resolve) => {
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
    return { stdin: child.stdin, stderr: () => stderr, finished };
  }
  return {
    questions,
    folder,
    redisUrl: rig.server.url,
    forget() {
      questions.length = 0;
      hold = Promise.resolve();
    },
    keepBack() {
      const { promise, resolve } = Promise.withResolvers<void>();
      hold = promise;
      return resolve;
    },
    start,
    run(args, input, more) {
      const running = start(args, 'pipe', more);
      running.stdin?.end(input);
      return running.finished;
    },
    atTerminal: (args, more, columns) => startOnTerminal(program, args, { ...env, ...more }, columns),
    answer: (to, text) => void answers.set(to, text),
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]();
      await rig[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { processEnvironment } from '#shared/ground/config.ts';
import { diesWithUs } from '#mcp/dies-with-us.ts';
import { SETTLE_MS, type Answer, type Job, type Order, type Problem } from './jobs.ts';

/** Why a process was ended in the middle of a job. */
export type CutReason = 'aborted' | 'overtime' | 'memory';

/** A job ended without a result. */
export class JobFailed extends Error {
  override name = 'JobFailed';
  readonly problem: Problem | { kind: 'cut'; why: CutReason } | { kind: 'died' } | { kind: 'unknown-outcome' };

  constructor(problem: JobFailed['problem']) {
    super(problem.kind);
    this.problem = problem;
  }
}

/** A process that works on database files. One job at a time; after a `JobFailed` it may be dead. */
export interface Child extends AsyncDisposable {
  readonly alive: boolean;
  run(job: Job, signal: AbortSignal): Promise<unknown>;
}

export interface ChildLimits {
  /** Milliseconds of one job. */
  ms: number;
  /** Bytes that a process may take beyond what it has when it starts. */
  bytes: number;
}

/** How long a commit may take once it was ordered: to end it then would leave its outcome unknown. */
const commitMs = 15_000;
const lookMs = 25;

const script = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Starts a process. Rejects when it ends before it can work. */
export async function startChild(limits: ChildLimits): Promise<Child> {
  const { PATH, TMPDIR, TZ } = processEnvironment();
  const node = [process.execPath, '--max-old-space-size=96', '--disable-warning=ExperimentalWarning', script];
  const [command = '', ...args] = diesWithUs(node, undefined, 'KILL');
  const child = spawn(command, args, {
    cwd: '/',
    // Nothing else: our own variables hold secrets.
    env: { PATH, TMPDIR, TZ },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  });
  child.on('error', () => undefined);
  const first = await next(child);
  if (first?.say !== 'up') throw new Error('a process for SQLite ended at its start');
  rest(child);
  const memory = residentBytes(child);
  return {
    get alive() {
      return isAlive(child);
    },
    async run(job, signal) {
      child.ref();
      child.channel?.ref();
      try {
        return await run(child, job, signal, limits, memory);
      } finally {
        rest(child);
      }
    },
    [Symbol.asyncDispose]: () => end(child),
  };
}

/** An idle process must not keep a stdio server alive. */
function rest(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}

async function run(
  child: ChildProcess,
  job: Job,
  signal: AbortSignal,
  limits: ChildLimits,
  base: number,
): Promise<unknown> {
  if (signal.aborted) throw new JobFailed({ kind: 'cut', why: 'aborted' });
  const answer = await ask(child, { order: 'do', job }, signal, limits, base);
  if (answer.say !== 'ready') return resultOf(answer);
  // Here the caller has a last chance: what is not committed is taken back.
  if (signal.aborted) {
    await end(child);
    throw new JobFailed({ kind: 'cut', why: 'aborted' });
  }
  tell(child, { order: 'commit' });
  const timer = setTimeout(() => child.kill('SIGKILL'), commitMs);
  const last = await next(child);
  clearTimeout(timer);
  if (!last) throw new JobFailed({ kind: 'unknown-outcome' });
  return resultOf(last);
}

function resultOf(answer: Answer): unknown {
  if (answer.say === 'done') return answer.result;
  throw new JobFailed(answer.say === 'failed' ? answer.problem : { kind: 'defect', message: `it said ${answer.say}` });
}

/** Sends a job and waits for the answer, but ends the process when the caller goes, time is over or memory is full. */
async function ask(
  child: ChildProcess,
  order: Order,
  signal: AbortSignal,
  limits: ChildLimits,
  base: number,
): Promise<Answer> {
  let cut: CutReason | undefined;
  const stop = (why: CutReason): void => {
    cut ??= why;
    child.kill('SIGKILL');
  };
  const onAbort = (): void => stop('aborted');
  signal.addEventListener('abort', onAbort, { once: true });
  const ms = order.order === 'do' && order.job.kind === 'settle' ? Math.max(SETTLE_MS, limits.ms) : limits.ms;
  const timer = setTimeout(() => stop('overtime'), ms);
  const watch = setInterval(() => {
    if (residentBytes(child) > base + limits.bytes) stop('memory');
  }, lookMs);
  try {
    tell(child, order);
    const answer = await next(child);
    if (cut) throw new JobFailed({ kind: 'cut', why: cut });
    if (!answer) throw new JobFailed({ kind: 'died' });
    return answer;
  } finally {
    clearTimeout(timer);
    clearInterval(watch);
    signal.removeEventListener('abort', onAbort);
    if (cut) await end(child);
  }
}

function tell(child: ChildProcess, order: Order): void {
  // One that cannot be told is dying; who waits for its answer learns that.
  if (child.connected) child.send(order, () => undefined);
}

/** The next message; undefined when the process ends before. */
function next(child: ChildProcess): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const give = (answer?: Answer): void => {
      child.off('message', onMessage).off('exit', onEnd).off('error', onEnd).off('disconnect', onEnd);
      resolve(answer);
    };
    const onMessage = (message: unknown): void => give(message as Answer);
    const onEnd = (): void => give();
    child.on('message', onMessage).on('exit', onEnd).on('error', onEnd).on('disconnect', onEnd);
    if (!isAlive(child)) give();
  });
}

function isAlive(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null && child.connected;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** What the process holds now; 0 where the system does not say. */
function residentBytes({ pid }: ChildProcess): number {
  if (process.platform !== 'linux' || pid === undefined) return 0;
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}

import { roomFor } from '#shared/ground/memory.ts';
import { startChild, JobFailed, type Child, type ChildLimits } from './child.ts';
import type { Job, Results } from './jobs.ts';

/** Processes that do jobs, each one at a time. Further jobs wait. */
export interface Pool extends AsyncDisposable {
  /**
   * Rejects with JobFailed, or with an Error when no process can be started. A job that waits ends with its signal.
   */
  run<Kind extends Job['kind']>(job: Job & { kind: Kind }, signal: AbortSignal): Promise<Results[Kind]>;
}

export interface PoolSettings {
  /** Processes at most. */
  size: number;
  /** Milliseconds of one job, from its start. */
  ms: number;
}

/** Bytes that all jobs at work may hold together, on a machine where the process may hold plenty. */
const memoryBytes = 256 * 1024 * 1024;
/** For how long a process waits for its next job. */
const idleMs = 300_000;

/** Starts processes when they are needed. A process that a job has broken is replaced. */
export function createPool({ size, ms }: PoolSettings): Pool {
  const limits: ChildLimits = { ms, bytes: roomFor(memoryBytes) / size };
  const idle: { child: Child; timer: NodeJS.Timeout }[] = [];
  const all = new Set<Child>();
  const waiting: (() => void)[] = [];
  let busy = 0;
  let closed = false;

  return {
    async run(job, signal) {
      await turn(signal);
      let child: Child | undefined;
      try {
        child = takeIdle() ?? (await start());
        return (await child.run(job, signal)) as never;
      } finally {
        busy -= 1;
        if (child) giveBack(child);
        waiting.shift()?.();
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      for (const { timer } of idle) clearTimeout(timer);
      await Promise.all([...all].map((child) => child[Symbol.asyncDispose]()));
      all.clear();
    },
  };

  function turn(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(new JobFailed({ kind: 'cut', why: 'aborted' }));
    if (busy < size) {
      busy += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', onAbort);
        busy += 1;
        resolve();
      };
      const onAbort = (): void => {
        waiting.splice(waiting.indexOf(go), 1);
        reject(new JobFailed({ kind: 'cut', why: 'aborted' }));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      waiting.push(go);
    });
  }

  async function start(): Promise<Child> {
    const child = await startChild(limits);
    all.add(child);
    if (closed) await child[Symbol.asyncDispose]();
    return child;
  }

  function takeIdle(): Child | undefined {
    for (let found = idle.pop(); found; found = idle.pop()) {
      clearTimeout(found.timer);
      if (found.child.alive) return found.child;
      all.delete(found.child);
    }
    return undefined;
  }

  function giveBack(child: Child): void {
    if (closed || !child.alive) {
      all.delete(child);
      void child[Symbol.asyncDispose]();
      return;
    }
    const timer = setTimeout(() => {
      idle.splice(
        idle.findIndex((each) => each.child === child),
        1,
      );
      all.delete(child);
      void child[Symbol.asyncDispose]();
    }, idleMs);
    timer.unref();
    idle.push({ child, timer });
  }
}

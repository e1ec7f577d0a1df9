import { parentPort, Worker } from 'node:worker_threads';
import { isNearLimit, roomFor } from '#shared/ground/memory.ts';

/** Runs jobs one after the other on a thread of its own. */
export interface Thread<Job, Result> extends AsyncDisposable {
  /**
   * Resolves with what the work returns; with undefined when it threw, took too long or needed too much memory. Rejects
   * with the signal's reason when the signal aborts before the job's turn. Rejects when the thread cannot be started at
   * all.
   */
  run(job: Job, signal?: AbortSignal): Promise<Result | undefined>;
}

export interface ThreadLimits {
  /** How many milliseconds one job may take. */
  ms: number;
  /** How many bytes of objects the thread may hold, on a machine where the process may hold plenty. */
  heapBytes: number;
}

const megabyte = 1024 * 1024;

/**
 * For work on texts of strangers: a text that is built to be slow, deep or huge then costs a thread, and never blocks
 * or ends the process. The thread starts with the first job. After a job that failed, the next job gets a new thread,
 * so no broken state is left. `file` is a module that calls `serveThread`.
 */
export function createThread<Job, Result>(file: URL, limits: ThreadLimits): Thread<Job, Result> {
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(job, signal) {
      const mine = last.then(() => {
        signal?.throwIfAborted();
        return perform(job);
      });
      last = mine.catch(() => undefined);
      return mine;
    },
    [Symbol.asyncDispose]: end,
  };

  async function perform(job: Job): Promise<Result | undefined> {
    if (!worker) {
      worker = startWorker(file, limits.heapBytes);
      // The job's time begins when the thread can work: on a busy machine loading it takes long.
      await started(worker).catch(endAndThrow);
    }
    const answer = await ask(worker, job, limits);
    if (answer && 'result' in answer) return answer.result as Result;
    await end();
    return undefined;
  }

  async function end(): Promise<void> {
    await worker?.terminate();
    worker = undefined;
  }

  async function endAndThrow(error: unknown): Promise<never> {
    await end();
    throw error;
  }
}

/** Does the jobs of `createThread`, in the thread. */
export function serveThread(work: (job: unknown) => unknown): void {
  parentPort?.on('message', async (job: unknown) => {
    try {
      tell({ result: await work(job) });
    } catch {
      tell({ failed: true });
    }
  });
  tell('ready');
}

function tell(message: unknown): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(message);
}

function startWorker(file: URL, heapBytes: number): Worker {
  const worker = new Worker(file, {
    // What a library prints would come between the messages of a stdio server, or into the log.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: roomFor(heapBytes) / megabyte, maxYoungGenerationSizeMb: 16 },
  });
  // `ask` listens to this event too, but only while it waits, and an `error` event without a listener ends the process.
  worker.on('error', () => undefined);
  worker.stdout.resume();
  worker.stderr.resume();
  // An idle thread must not keep a stdio server alive.
  worker.unref();
  return worker;
}

/** Resolves when the thread can work. */
function started(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the thread ended at its start')));
  });
}

type Answer = { result: unknown } | { failed: true };

/** How often we look at what the process holds while a thread works. */
const LOOK_MS = 25;

/**
 * Resolves with undefined when the thread died, did not answer in time, or filled the memory. V8 limits the thread's
 * objects; buffers, such as those that a packed stream unfolds into, count for the process alone.
 */
function ask(worker: Worker, job: unknown, { ms, heapBytes }: ThreadLimits): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const most = process.memoryUsage.rss() + 2 * roomFor(heapBytes);
    const give = (answer?: Answer): void => {
      clearTimeout(timer);
      clearInterval(watch);
      worker.off('message', give).off('error', fail).off('exit', fail);
      resolve(answer);
    };
    const fail = (): void => give();
    const timer = setTimeout(fail, ms);
    const watch = setInterval(() => {
      if (process.memoryUsage.rss() > most || isNearLimit()) fail();
    }, LOOK_MS);
    worker.on('message', give).on('error', fail).on('exit', fail);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(job);
  });
}

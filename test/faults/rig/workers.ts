import { startRigProcess, type RigProcess } from './process.ts';

export interface PooledWorker {
  /** Sent to the played model as key, which so knows who asks. */
  name: string;
  process: RigProcess;
  readyAt: number;
}

/** Worker processes, kept at a number: who goes is replaced. */
export interface WorkerPool extends AsyncDisposable {
  ready(): PooledWorker[];
  /** kill -9, and a new one in its place. Returns the moment. */
  kill(worker: PooledWorker): number;
  /** SIGTERM, and a new one in its place at once. Resolves with the exit code when it has ended. */
  drain(worker: PooledWorker): Promise<number | null>;
  /** Starts one more. `replaced: false`: it may die, and none takes its place. */
  start(env?: Record<string, string>, options?: { replaced: boolean }): Promise<PooledWorker>;
  /** What the next one to be started will be called. */
  nextName(): string;
  /** Leaves the process as it is, but out of the pool, with a new one in its place. */
  setAside(worker: PooledWorker): void;
  /** kill -9 without a replacement. */
  remove(worker: PooledWorker): Promise<void>;
  /** Workers that ended without being told to. */
  died: string[];
}

/** `trees`: where the code of one worker after the other is, in turn. */
export function createWorkerPool(
  env: (name: string) => Record<string, string>,
  flags: string[] = [],
  trees: (string | undefined)[] = [],
): WorkerPool {
  const workers = new Set<PooledWorker>();
  const aside = new Set<PooledWorker>();
  const starting = new Set<Promise<unknown>>();
  const died: string[] = [];
  let count = 0;
  let closed = false;

  async function start(extra: Record<string, string> = {}, options = { replaced: true }): Promise<PooledWorker> {
    count += 1;
    const name = `w${count}`;
    const tree = trees[count % trees.length];
    const process = await startRigProcess('services/worker/main.ts', { ...env(name), ...extra }, flags, tree);
    const worker: PooledWorker = { name, process, readyAt: Date.now() };
    if (closed) await process.kill();
    workers.add(worker);
    void process.gone.then(({ code, signal }) => {
      // Whom we end was taken out before.
      if (!workers.delete(worker) || closed || !options.replaced) return;
      died.push(`${name} (${code ?? signal}): ${process.tail().slice(-2_000)}`);
      replace();
    });
    return worker;
  }

  function replace(): void {
    if (closed) return;
    const work = start()
      .catch((error: unknown) => {
        if (!closed) died.push(String(error));
      })
      .finally(() => starting.delete(work));
    starting.add(work);
  }

  return {
    ready: () => [...workers],
    kill(worker) {
      workers.delete(worker);
      worker.process.signal('SIGKILL');
      const at = Date.now();
      replace();
      return at;
    },
    async drain(worker) {
      workers.delete(worker);
      worker.process.signal('SIGTERM');
      replace();
      return (await worker.process.gone).code;
    },
    start,
    nextName: () => `w${count + 1}`,
    setAside(worker) {
      workers.delete(worker);
      aside.add(worker);
      replace();
    },
    async remove(worker) {
      workers.delete(worker);
      await worker.process.kill();
    },
    died,
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.all([...starting, ...[...workers, ...aside].map(({ process }) => process.kill())]);
    },
  };
}

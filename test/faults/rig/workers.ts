import { startRigProcess, type RigProcess } from './process.ts';

export interface PooledWorker {
  /** Sent to the played model as the key, so that the model knows who asks. */
  name: string;
  process: RigProcess;
  readyAt: number;
}

/** A pool that keeps a number of worker processes: it replaces each one that ends. */
export interface WorkerPool extends AsyncDisposable {
  ready(): PooledWorker[];
  /** Kills it (kill -9) and starts a new one in its place. Returns the moment. */
  kill(worker: PooledWorker): number;
  /** Sends SIGTERM and starts a new one in its place at once. Resolves with the exit code when it has ended. */
  drain(worker: PooledWorker): Promise<number | null>;
  /** Starts one more. With `replaced: false`, none takes its place if it dies. */
  start(env?: Record<string, string>, options?: { replaced: boolean }): Promise<PooledWorker>;
  /** The name of the worker that is started next. */
  nextName(): string;
  /** Takes the process out of the pool without ending it, and starts a new one in its place. */
  setAside(worker: PooledWorker): void;
  /** kill -9 without a replacement. */
  remove(worker: PooledWorker): Promise<void>;
  /** Workers that ended without being told to. */
  died: string[];
}

/** `trees`: the folders of the code that workers run, taken in turn. */
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
      // A worker that we end was taken out of the pool before.
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

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { StartError } from './errors.ts';
import { untilReady, type Addresses } from './readiness.ts';
import { parseLine, type Screen, type ServiceLog } from './screen.ts';

export interface ProcessSpec {
  name: string;
  /** A script of this project, relative to its root. */
  script: string;
  args?: string[];
  env: Record<string, string | undefined>;
  /** Variables that make a restarted process listen where the first one did, because its clients know that address. */
  pin?: (addresses: Addresses) => Record<string, string>;
  /** Gets what the process sends over its IPC channel. */
  hear?: (message: unknown) => void;
  /** Resolves when a restarted process has done what it was told. Without it, such a process is back when it runs. */
  again?: () => Promise<unknown>;
}

/** A process of the stack. It is started again whenever it ends unasked. */
export interface StackProcess {
  name: string;
  /**
   * Resolves when the process has said that it runs, and where. Rejects with a StartError that holds its last words.
   */
  running: Promise<void>;
  /**
   * Resolves when the process runs and what it depends on answers. Rejects with a StartError that says what does not.
   */
  ready: Promise<void>;
  pid(): number | undefined;
  /** What it waits for until it is ready, as far as it has said so. */
  waitsFor(): string;
  /** Where it listens, by purpose. It said so when it became ready. */
  addresses(): Addresses;
  /** What a backend tells its clients: variables with its address and credentials. */
  environment(): Record<string, string>;
  /** Sends the process a message as soon as it runs, and again to each process that takes its place. */
  tell(message: object): void;
  /** Asks the process to end and kills it after `graceMs`. Resolves when it is gone and will not come back. */
  stop(graceMs?: number): Promise<void>;
  /** Kills the process at once and for good (kill -9). */
  kill(): void;
}

const root = path.resolve(import.meta.dirname, '..');
const leash = pathToFileURL(path.join(import.meta.dirname, 'leash.mjs')).href;
/** The exit code of a process whose configuration is wrong (EX_CONFIG): starting it again cannot help. */
const wrongConfig = 78;
const longestPauseMs = 30_000;
/**
 * Every process would keep up to 48 MB for objects that have just been made. One person's questions need far less, and
 * there are ten processes.
 */
const smallHeap = ['--max-semi-space-size=2'];
/** With glibc every thread would keep freed memory in an arena of its own; two for all hold a few megabytes less. */
const fewArenas = { MALLOC_ARENA_MAX: '2' };

export interface ProcessOptions {
  /** How many milliseconds the process has until it is ready; a minute when absent. */
  timeoutMs?: number;
  /**
   * For how many of these milliseconds a dependency may fail, rather than still be starting; when absent, for all of
   * them.
   */
  failingMs?: number;
  onRestart?: () => void;
}

/**
 * Starts a process. The process runs when it has said so (the log line `ready`, or a backend's message). It is ready
 * when it runs and /readyz says yes, or when it has no metrics port. A process that does not run in time is killed; one
 * that is not ready runs on.
 */
export function startProcess(spec: ProcessSpec, screen: Screen, options: ProcessOptions = {}): StackProcess {
  const log = screen.serviceLog(spec.name);
  const first = launch(spec, log, {});
  let current = first;
  let stopping = false;
  const told: object[] = [];
  let waitsFor = '';
  void passOn(first);

  const timeoutMs = options.timeoutMs ?? 60_000;
  const deadline = Date.now() + timeoutMs;

  async function run(): Promise<void> {
    try {
      await untilRunning(first, spec, timeoutMs);
    } catch (error) {
      killGroup(first.child);
      throw error;
    }
    void keepAlive();
  }

  async function becomeReady(): Promise<void> {
    try {
      await running;
      await untilReady(() => current.addresses, {
        name: spec.name,
        deadline,
        failingMs: options.failingMs ?? timeoutMs,
        stopped: () => stopping,
        waiting: (why) => (waitsFor = why),
      });
    } catch (error) {
      if (stopping) throw new StartError(`${spec.name} was stopped before it was ready.`, { cause: error });
      throw error;
    }
  }

  async function keepAlive(): Promise<void> {
    let failures = 0;
    for (;;) {
      const started = Date.now();
      const code = await current.gone;
      if (stopping) return;
      if (code === wrongConfig) {
        screen.warn(`${spec.name} refuses its configuration and stays down: ${current.lastWords()}`);
        return;
      }
      failures = Date.now() - started > longestPauseMs ? 0 : failures + 1;
      const pause = failures === 0 ? 0 : Math.min(500 * 2 ** (failures - 1), longestPauseMs);
      screen.warn(`${spec.name} ended (${code}): ${current.lastWords() || 'no word why'}`);
      screen.note(`Starting it again in ${pause / 1000} s. Its log: ${path.relative(root, log.file)}`);
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (stopping) return;
      relaunch();
    }
  }

  function relaunch(): void {
    const next = launch(spec, log, spec.pin?.(first.addresses) ?? {});
    next.addresses = first.addresses;
    next.environment = first.environment;
    current = next;
    void passOn(next);
    void next.saidReady.then(async (said) => {
      if (!said) return;
      await spec.again?.();
      screen.note(`${spec.name} is back`);
      // A stack file that names the old addresses would mislead.
      options.onRestart?.();
    });
  }

  async function passOn(launched: Launched): Promise<void> {
    if (!(await launched.saidReady)) return;
    launched.listens = true;
    for (const message of told) send(launched.child, message);
  }

  const running = run();
  const ready = becomeReady();
  // Callers that ask for either promise still get the error.
  running.catch(() => undefined);
  ready.catch(() => undefined);
  return {
    name: spec.name,
    running,
    ready,
    pid: () => current.child.pid,
    waitsFor: () => waitsFor,
    addresses: () => current.addresses,
    environment: () => current.environment,
    tell(message) {
      told.push(message);
      if (current.listens) send(current.child, message);
    },
    kill() {
      stopping = true;
      killGroup(current.child);
    },
    async stop(graceMs = 15_000) {
      stopping = true;
      await end(current.child, graceMs);
      log[Symbol.dispose]();
    },
  };
}

interface Launched {
  child: ChildProcess;
  addresses: Addresses;
  environment: Record<string, string>;
  /** Whether it takes messages. */
  listens: boolean;
  /** False when the process ended before it said so. */
  saidReady: Promise<boolean>;
  /** The exit code, or the signal's name. */
  gone: Promise<number | string>;
  lastWords(): string;
}

function launch(spec: ProcessSpec, log: ServiceLog, pinned: Record<string, string>): Launched {
  const script = [path.join(root, spec.script), ...(spec.args ?? [])];
  const child = spawn(process.execPath, [...smallHeap, '--import', leash, ...script], {
    cwd: root,
    env: { ...fewArenas, ...spec.env, ...pinned },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // The process gets its own group: Ctrl-C reaches the starter alone, which stops the processes in order.
    detached: true,
  });
  const tail: string[] = [];
  const said = Promise.withResolvers<boolean>();
  const gone = new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'gone'));
  });
  void gone.then(() => said.resolve(false));
  const launched: Launched = {
    child,
    addresses: {},
    environment: {},
    listens: false,
    saidReady: said.promise,
    gone,
    lastWords: () => words(tail),
  };
  child.on('message', (message) => {
    spec.hear?.(message);
    // Backends report on this channel, because their message holds credentials and a log line must not.
    const { environment } = message as { environment?: Record<string, string> };
    if (!environment) return;
    launched.environment = environment;
    said.resolve(true);
  });
  for (const source of ['stdout', 'stderr'] as const) {
    const stream = child[source];
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (text) => {
      log.line(text);
      tail.push(text);
      if (tail.length > 20) tail.shift();
      const entry = parseLine(text);
      if (entry?.msg !== 'ready') return;
      launched.addresses = entry.addresses ?? {};
      said.resolve(true);
    });
  }
  return launched;
}

function send(child: ChildProcess, message: object): void {
  // A process that is gone gets the message in its next life.
  child.send(message, () => undefined);
}

/** What the last lines say of the reason: errors in log lines, else what was thrown, else the lines as they are. */
function words(tail: string[]): string {
  const logged = tail.flatMap((text) => {
    const entry = parseLine(text);
    const matters = entry && !['trace', 'debug', 'info'].includes(entry.level ?? 'info');
    return matters ? [[entry.msg, entry.error].filter(Boolean).join(': ')] : [];
  });
  // A service puts a headline above what is wrong with its configuration; here it says nothing new.
  const others = tail.filter((text) => !parseLine(text) && text.trim() !== '' && !text.endsWith(' cannot start:'));
  const thrown = others.filter((text) => /^(?:Uncaught )?\w*Error\b/.test(text));
  // What is logged again and again, such as that Redis is away, says it once.
  return [...new Set([...(thrown.length > 0 ? thrown : others), ...logged])].slice(-6).join('\n');
}

async function untilRunning(launched: Launched, spec: ProcessSpec, timeoutMs: number): Promise<void> {
  const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), timeoutMs).unref());
  const state = await Promise.race([launched.saidReady, late]);
  if (state === false) {
    const why = launched.lastWords();
    throw new StartError(`${spec.name} could not start (${await launched.gone}):\n${why}`, { why });
  }
  if (state === 'late') {
    throw new StartError(`${spec.name} was not ready within ${timeoutMs / 1000} s.\n${launched.lastWords()}`);
  }
}

async function end(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => killGroup(child), graceMs);
  await gone;
  clearTimeout(force);
}

/** Kills the process with what it has started: a backend that is killed can no longer end its server. */
function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  process.kill(-pid, 'SIGKILL');
}

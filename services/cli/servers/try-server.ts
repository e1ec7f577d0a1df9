import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '#shared/ground/config.ts';
import { errorText } from '#shared/ground/errors.ts';
import { within } from '#shared/ground/deadline.ts';
import type { Readiness } from '#shared/process/health.ts';
import { redactLine } from '#shared/process/log.ts';
import { projectRoot } from '../stack-file.ts';
import { listTools } from '../tool-runners.ts';

/** The outcome of starting a server. */
export interface Trial {
  /** Milliseconds until its tools were listed, or until it was clear that they cannot be. */
  ms: number;
  /** What it says about itself; absent for our own domains. */
  name?: string;
  version?: string;
  protocol?: string;
  /** Names in the catalogue. */
  tools: string[];
  /** Tools that cannot be used, and why. */
  leftOut: { tool: string; why: string }[];
  /** Why it does not work, in a sentence. */
  problem?: string;
}

/** Milliseconds that a server has to get ready: it may have to be installed first. */
const readyMs = 120_000;
const endMs = 10_000;

const policy = 'version: 1\nroles: { all: { allow: ["*"] } }\nmembers: { everyone: [], terminal: [all] }\n';

/**
 * Starts a server behind a tool-runner of its own, just as `npm start` does, lists its tools, and ends both. `raw` is
 * the entry as it stands in the file; a disabled one is tried as well. Also resolves when the server does not work.
 */
export async function tryServer(server: string, raw: object, env: Environment): Promise<Trial> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-try-'));
  const started = performance.now();
  try {
    const signingKey = randomBytes(32).toString('hex');
    const runner = await startRunner(folder, server, raw, { ...env, DRAGOMAN_SIGNING_KEY: signingKey });
    using _ = takeAlong(runner, folder);
    try {
      const trial = await look(runner, server, signingKey);
      return { ...trial, ms: Math.round(performance.now() - started) };
    } finally {
      await stop(runner.child);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** When this process is told to end, the runner ends with it, and the folder with what the entry says goes. */
function takeAlong(runner: Runner, folder: string): Disposable {
  const leave = async (signal: NodeJS.Signals) => {
    // Before it is up it does not heed signals, and would leave its server behind.
    await runner.url;
    await stop(runner.child);
    rmSync(folder, { recursive: true, force: true });
    process.kill(process.pid, signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const told = (signal: NodeJS.Signals) => void leave(signal);
  for (const signal of signals) process.once(signal, told);
  return {
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, told);
    },
  };
}

interface LogLine {
  msg?: string;
  addresses?: Record<string, string>;
  [field: string]: unknown;
}

interface Runner {
  child: ChildProcess;
  /** The address where it listens, once it is up; undefined when it has ended. */
  url: Promise<string | undefined>;
  lines: LogLine[];
  /** What it has written to stderr, to explain why a runner could not start. */
  complaint(): string;
}

async function startRunner(folder: string, server: string, raw: object, env: Environment): Promise<Runner> {
  const files = { servers: path.join(folder, 'servers.json'), policy: path.join(folder, 'policy.yaml') };
  const entry = { ...raw, disabled: undefined, enabled: undefined };
  await writeFile(files.servers, JSON.stringify({ mcpServers: { [server]: entry } }), { mode: 0o600 });
  await writeFile(files.policy, policy);
  const child = spawn(process.execPath, [path.join(projectRoot, 'services/tool-runner/main.ts')], {
    cwd: projectRoot,
    env: { ...env, ...fixed, MCP_SERVER: server, MCP_SERVERS_FILE: files.servers, POLICY_FILE: files.policy },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(0, 4_000)));
  const lines: LogLine[] = [];
  const url = Promise.withResolvers<string | undefined>();
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = parseLine(text);
    if (line) lines.push(line);
    if (line?.msg === 'ready') url.resolve(line.addresses?.['mcp']);
  });
  child.once('error', (error) => {
    complaint ||= errorText(error);
    url.resolve(undefined);
  });
  child.once('close', () => url.resolve(undefined));
  return { child, url: url.promise, lines, complaint: () => complaint };
}

/** Settings of the stack that this runner does not share: it serves nobody else, and remembers nothing. */
const fixed = {
  HOST: '127.0.0.1',
  PORT: '0',
  METRICS_HOST: '127.0.0.1',
  METRICS_PORT: '0',
  LOG_LEVEL: 'info',
  TOOL_NAME_PREFIX: 'true',
  DRAGOMAN_SIGNING_KEY_FILE: undefined,
  MCP_CLIENTS_FILE: undefined,
  IDEMPOTENCY_FILE: undefined,
};

async function look(runner: Runner, server: string, signingKey: string): Promise<Omit<Trial, 'ms'>> {
  const url = await runner.url;
  if (url === undefined) return { tools: [], leftOut: [], problem: whyEnded(runner.complaint()) };
  const problem = await untilReady(url);
  if (problem !== undefined) return { tools: [], leftOut: [], problem };
  try {
    const { tools } = await listTools(server, url, signingKey);
    return { ...ofLog(runner.lines), tools: tools.map(({ name }) => name) };
  } catch (error) {
    return { ...ofLog(runner.lines), tools: [], problem: `it does not list its tools (${errorText(error)})` };
  }
}

/** Resolves to undefined once the server is ready, otherwise to the reason, which is that of the first failure. */
async function untilReady(url: string): Promise<string | undefined> {
  const until = performance.now() + readyMs;
  for (;;) {
    const response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(10_000) });
    const { ready, starting, checks } = (await response.json()) as Readiness;
    if (ready) return undefined;
    const why = Object.values(checks).filter((state) => state !== 'ok');
    if (starting !== true) return why.join('; ');
    if (performance.now() > until) return `it is not ready after ${readyMs / 1_000} s (${why.join('; ')})`;
    await delay(100);
  }
}

function ofLog(lines: LogLine[]): Pick<Trial, 'name' | 'version' | 'protocol' | 'leftOut'> {
  const { name, version, protocol } = lines.findLast(({ msg }) => msg === 'server connected') ?? {};
  const leftOut = lines.filter(({ msg }) => msg === 'tool left out' || msg === 'list of tools incomplete');
  return {
    ...(typeof name === 'string' && { name }),
    ...(typeof version === 'string' && { version }),
    ...(typeof protocol === 'string' && { protocol }),
    leftOut: leftOut.map(({ tool, why }) => ({ tool: textOf(tool), why: textOf(why) })),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '…';
}

/** The sentence of a runner that found its settings wrong; the first line is its heading. */
function whyEnded(complaint: string): string {
  const lines = redactLine(complaint)
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^tool-runner cannot start:$/.test(line));
  return lines.join(' ') || 'its tool-runner ended without a word';
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  if (await within(gone, endMs)) return;
  child.kill('SIGKILL');
  await gone;
}

function parseLine(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { demoIds } from '#services/playground/state/demo.ts';
import { controlPlayground } from '#test/lib/playground-http.ts';
import { freePort } from '#test/lib/ports.ts';
import { cleanEnvironment } from '#test/lib/stack.ts';
import { memoryMb, processCount } from './processes.ts';
import { median, table } from './stats.ts';

const root = path.resolve(import.meta.dirname, '../..');
const question = 'how many customers live in Germany?';
const patienceMs = 420_000;

/** What one `npm start` needed. Times are in seconds from its start. */
interface Start {
  /** Until the addresses were shown. */
  addresses: number;
  /** Until the playground showed the answer to a question that was asked as soon as the page was there. */
  answer: number;
  /** Until all was ready. */
  ready: number;
  processes: number;
  /** How many of them are Node. */
  nodes: number;
  /** Memory of all of them; what they share is counted once (PSS). */
  megabytes: number;
}

/**
 * Measures the first hour's waits, so many times each: a fresh clone with its npm install, a later start, and
 * `dragoman --help`. Returns a report with medians, what the processes hold, and the load of the machine meanwhile.
 */
export async function measureStart(
  runs: { fresh: number; later: number },
  say: (text: string) => void,
): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-bench-start-'));
  // As root PostgreSQL runs as another user, who must be able to enter.
  await chmod(folder, 0o755);
  const loads = [loadNow()];
  try {
    const help = await inOrder(runs.later, () => timeHelp());
    say(`--help: ${help.map((ms) => Math.round(ms)).join(', ')} ms`);
    const state = path.join(folder, 'state');
    await timeStart(root, state, say);
    const later = await inOrder(runs.later, () => timeStart(root, state, say));
    const fresh = await inOrder(runs.fresh, async (run) => {
      const clone = path.join(folder, `clone-${run}`);
      execFileSync('git', ['clone', '--quiet', root, clone]);
      const start = await timeStart(clone, path.join(clone, '.dragoman'), say);
      const disk = [clone, path.join(clone, 'node_modules'), path.join(clone, '.dragoman')].map(megabytesOf);
      await rm(clone, { recursive: true });
      return { ...start, disk };
    });
    loads.push(loadNow());
    return report(help, fresh, later, loads);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function inOrder<T>(runs: number, measure: (run: number) => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let run = 0; run < runs; run += 1) all.push(await measure(run));
  return all;
}

/** Milliseconds. */
async function timeHelp(): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, ['services/cli/dragoman.mjs', '--help'], { cwd: root, stdio: 'ignore' });
  await once(child, 'exit');
  return performance.now() - began;
}

async function timeStart(project: string, state: string, say: (text: string) => void): Promise<Start> {
  const ports = { PLAYGROUND_PORT: String(await freePort()), API_PORT: String(await freePort()) };
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  const child = spawn('npm', ['start'], {
    cwd: project,
    // Each project compiles for itself.
    env: { ...cleanEnvironment(), NODE_COMPILE_CACHE: undefined, ...ports, DRAGOMAN_STATE_DIR: state },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let shown = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  const ended = once(child, 'exit');
  async function until(text: string): Promise<number> {
    while (!shown.includes(text)) {
      if (child.exitCode !== null || seconds() * 1_000 > patienceMs) throw new Error(`no "${text}":\n${shown}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return seconds();
  }
  try {
    const addresses = await until('Chat with the bot:');
    const ready = until('Stop:');
    const discord = controlPlayground(`http://127.0.0.1:${ports.PLAYGROUND_PORT}`);
    // Who asks is not the one who asks the first question of a fresh start.
    const content = `<@${demoIds.bot}> ${question}`;
    const asked = await discord.say({ channel: 'general', author: 'Max', content });
    await discord.waitFor(
      'general',
      (shown) => shown.replyTo === asked.id && /\b100\b/.test(shown.content),
      patienceMs,
    );
    const answer = seconds();
    const pid = child.pid ?? 0;
    const start = { addresses, answer, ready: await ready, ...processCount(pid), megabytes: memoryMb(pid) };
    say(
      `${path.basename(project)}: addresses, first answer, all ready after ${[addresses, answer, start.ready].map((each) => each.toFixed(1)).join(', ')} s; load ${loadNow()}`,
    );
    return start;
  } finally {
    child.kill('SIGTERM');
    await ended;
    // npm may be gone before what it ran.
    while (existsSync(path.join(state, 'start.lock'))) await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What files below a folder take on the disk. Node may still be tidying its cache there, which du would call an error. */
function megabytesOf(folder: string): number {
  return Number.parseInt(spawnSync('du', ['-sm', folder], { encoding: 'utf8' }).stdout, 10);
}

function loadNow(): string {
  return loadavg()[0]?.toFixed(1) ?? '?';
}

function report(help: number[], fresh: (Start & { disk: number[] })[], later: Start[], loads: string[]): string {
  const row = (name: string, starts: Start[], value: (start: Start) => number, digits = 1) => [
    name,
    median(starts.map(value)).toFixed(digits),
    starts.map((start) => value(start).toFixed(digits)).join(' '),
  ];
  const rows = [
    ['', 'median', 'each run'],
    row('fresh clone: addresses, s', fresh, ({ addresses }) => addresses),
    row('fresh clone: first answer, s', fresh, ({ answer }) => answer),
    row('fresh clone: all ready, s', fresh, ({ ready }) => ready),
    row('later start: addresses, s', later, ({ addresses }) => addresses),
    row('later start: first answer, s', later, ({ answer }) => answer),
    row('later start: all ready, s', later, ({ ready }) => ready),
    ['dragoman --help, ms', median(help).toFixed(0), help.map((ms) => ms.toFixed(0)).join(' ')],
    row('processes', later, ({ processes }) => processes, 0),
    row('… of Node', later, ({ nodes }) => nodes, 0),
    row('memory of all, MB (PSS)', later, ({ megabytes }) => megabytes, 0),
  ];
  const [all, modules, state] = fresh[0]?.disk ?? [];
  return `${table(rows)}\n\ndisk after a first start: ${all} MB, of which node_modules ${modules} and .dragoman ${state}\nload average at the beginning and the end: ${loads.join(', ')}\n`;
}

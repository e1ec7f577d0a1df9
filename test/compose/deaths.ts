import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { docker } from './docker.ts';
import { project } from './stack.ts';

/** An unexpected end of a container: it crashed, gave up, or was killed by the kernel. */
export interface Death {
  service: string;
  container: string;
  /** ISO 8601. */
  at: string;
  exitCode: number;
  /** The container, or a process in it, was killed for its memory limit. */
  outOfMemory: boolean;
  /** Its last lines. */
  log: string;
}

/** What we read of a line of `docker events`. */
interface DockerEvent {
  Action: string;
  time: number;
  Actor: { ID: string; Attributes: Record<string, string> };
}

// Docker remembers 256 events, and health checks make many, so they are written down while the suite runs.
const file = path.resolve(import.meta.dirname, '../../.dragoman/logs/compose-deaths.jsonl');

/** All deaths since the watch began. */
export function readDeaths(): Death[] {
  if (!existsSync(file)) throw new Error(`nobody watches: ${file} is missing; test/compose/run.ts begins the watch`);
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Death);
}

export function describeDeath({ service, container, at, exitCode, outOfMemory, log }: Death): string {
  const how = outOfMemory ? `was killed for its memory (exit code ${exitCode})` : `ended with ${exitCode}`;
  return `${service} (${container}) ${how} at ${at}; its last lines:\n${log}`;
}

/**
 * Writes down each end of a container of the suite's project, until it is disposed. Ends that were asked for through
 * Docker (kill, stop, restart, down) do not count. An end with exit code 0 counts only when the container should stay
 * up.
 */
export function watchDeaths(): Disposable {
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  appendFileSync(file, '');
  const kinds = ['start', 'kill', 'oom', 'die'].flatMap((kind) => ['--filter', `event=${kind}`]);
  const filters = ['--filter', `label=com.docker.compose.project=${project}`, '--filter', 'type=container', ...kinds];
  const events = spawn('docker', ['events', '--format', '{{json .}}', ...filters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const judge = createJudge();
  createInterface({ input: events.stdout }).on('line', (line) => {
    const death = judge(JSON.parse(line) as DockerEvent);
    if (death) void writeDown(death);
  });
  return { [Symbol.dispose]: () => void events.kill() };
}

async function writeDown(death: Omit<Death, 'log'>): Promise<void> {
  const done = await docker(['logs', '--tail', '15', death.container], { check: false });
  const log = `${done.stdout}${done.stderr}`.trim();
  appendFileSync(file, `${JSON.stringify({ ...death, log })}\n`);
}

/** Returns a function that takes the events in order and tells which of them is a death. */
function createJudge(): (event: DockerEvent) => Omit<Death, 'log'> | undefined {
  const asked = new Set<string>();
  const starved = new Set<string>();
  return ({ Action: action, time, Actor: { ID: id, Attributes: labels } }) => {
    if (action === 'start') for (const ids of [asked, starved]) ids.delete(id);
    if (action === 'kill') asked.add(id);
    if (action === 'oom') starved.add(id);
    if (action !== 'die') return undefined;
    const exitCode = Number(labels['exitCode']);
    const outOfMemory = starved.has(id);
    const service = labels['com.docker.compose.service'] ?? '';
    // A caller of `docker compose run` looks at the exit code, and two programs are meant to end.
    const passing = labels['com.docker.compose.oneoff'] === 'True';
    const done = exitCode === 0 && ['secrets', 'demo'].includes(service);
    if (!outOfMemory && (asked.has(id) || passing || done)) return undefined;
    const at = new Date(time * 1_000).toISOString();
    return { service, container: labels['name'] ?? id, at, exitCode, outOfMemory };
  };
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { docker, type Finished, type RunOptions } from './docker.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The project's name: containers, networks and volumes of the suite carry it, so that no real stack is touched. */
export const project = 'dragoman-test';

/** The environment that stands in for `.env`. */
const variables = {
  DISCORD_TOKEN: 'compose-suite-token',
  DISCORD_API_BASE: 'http://playground:8090/api',
  LLM_API_KEY: 'none',
  // Any provider's model will do, for the played model answers; this one has a price.
  LLM_MODEL: 'openai/gpt-5-mini',
  LLM_API_BASE: 'http://played-model:4020/v1',
  MODEL_NAME: 'offline',
  // Few slots, so that a slow model fills a worker and more workers show.
  WORKER_CONCURRENCY: '4',
  // Prisma's engines cannot be had from a package registry, so LiteLLM runs without its database here.
  LITELLM_DATABASE: '',
  GRAFANA_PORT: '0',
  PLAYGROUND_PORT: '0',
  TEST_DIR: path.join(root, 'test'),
};

const profiles = ['offline', 'playground'];

function envFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-compose-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'env');
  writeFileSync(
    file,
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  );
  return file;
}

let environmentFile: string | undefined;

/** `docker compose …` on the real compose.yaml, with the played model beside it. */
export function compose(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  environmentFile ??= envFile();
  const files = ['-f', 'compose.yaml', '-f', 'test/compose/compose.test.yaml'];
  const common = ['compose', '-p', project, '--env-file', environmentFile, ...files];
  return docker([...common, ...profiles.flatMap((name) => ['--profile', name]), ...args], { cwd: root, ...options });
}

/** Ids of a service's running containers. */
export async function containersOf(service: string): Promise<string[]> {
  return (await compose(['ps', '-q', service])).stdout.split('\n').filter(Boolean);
}

/** The one container of a service. */
export async function containerOf(service: string): Promise<string> {
  const [id] = await containersOf(service);
  if (id === undefined) throw new Error(`${service} has no container`);
  return id;
}

/** Runs Node code inside a service's container; resolves to what it printed. */
export async function nodeIn(service: string, code: string, timeout = 60_000): Promise<string> {
  const done = await docker(['exec', await containerOf(service), 'node', '--input-type=module', '-e', code], {
    timeout,
  });
  return done.stdout.trim();
}

/** Asks a question from the terminal client in a container of its own. */
export function ask(question: string, options: string[] = []): Promise<Finished> {
  return compose(['run', '--rm', '-T', 'cli', 'run', ...options, question], { timeout: 180_000, check: false });
}

export interface LoadResult {
  /** How many runs ended how; `lost` for those that did not end in time. */
  outcomes: Record<string, number>;
  /** Runs whose answer is another run's. */
  wrong: string[];
  seconds: number;
  /** Runs per second. */
  rate: number;
}

/** Sends runs as a door does and waits for their ends (test/compose/load.ts). */
export async function load(options: Record<string, string | number | boolean>): Promise<LoadResult> {
  const flags = Object.entries(options).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, String(value)],
  );
  const done = await docker(['exec', await containerOf('load'), 'node', 'test/compose/load.ts', ...flags], {
    timeout: 1_200_000,
  });
  return JSON.parse(done.stdout.trim().split('\n').at(-1) ?? '') as LoadResult;
}

/** Waits until the check resolves to true. Rejects with what it waited for. */
export async function until(what: string, check: () => Promise<boolean>, timeoutMs = 120_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    if (await check().catch(() => false)) return;
    await sleep(500);
  }
  throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
}

/** Health of a service's containers, as Docker sees it. */
export async function healthOf(service: string): Promise<string[]> {
  const ids = await containersOf(service);
  if (ids.length === 0) return [];
  const format = '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}';
  return (await docker(['inspect', '-f', format, ...ids])).stdout.split('\n').filter(Boolean);
}

/** The services that stay up, by compose.yaml. */
export const lastingServices = [
  'ingress',
  'worker',
  'redis',
  'litellm',
  'litellm-db',
  'offline-model',
  'tool-runner-postgres',
  'postgres',
  'tool-runner-storage',
  's3',
  'tool-runner-fetch',
  'egress',
  'tool-runner-filesystem',
  'prometheus',
  'alertmanager',
  'grafana',
  'playground',
] as const;

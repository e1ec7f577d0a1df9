import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { docker, run, type Finished, type RunOptions } from './docker.ts';
import { documented } from './documented.ts';
import { runners } from './reachable.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The project's name. Containers, networks and volumes of the suite carry it, so that no real stack is touched. */
export const project = 'dragoman-test';

/** The command by which docs/operations.md tries the stack without any account; the suite uses that stack. */
export const trial = documented('Without any account', '--profile playground', ' up ');

/** Variables that the documented command sets. The commands after it get them as if they were in `.env`. */
const trialVariables = Object.fromEntries(
  [...trial.matchAll(/(?:^| )([A-Z_]+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
);

/** The environment that stands in for `.env`. */
const variables = {
  // Any provider's model will do, because the played model answers; this one has a price.
  LLM_MODEL: 'openai/gpt-5-mini',
  LLM_API_KEY: 'none',
  LLM_API_BASE: 'http://played-model:4020/v1',
  // Few slots, so that a slow model keeps a worker full and more workers make a difference.
  WORKER_CONCURRENCY: '4',
  // A killed LiteLLM needs minutes to start where everything else wants the cores too. Runs wait for it and are not
  // lost.
  MODEL_RETRY_BUDGET_MS: '280000',
  // Prisma's engines cannot be had from a package registry, so LiteLLM runs without its database here.
  LITELLM_DATABASE: '',
  // docs/operations.md, "Your own data", opens these: a host that is not public, and another port of public ones.
  FETCH_ALLOWED_HOSTS: 'wiki.internal:3000',
  FETCH_PORTS: '80,443,8080,8443,8088',
  GRAFANA_PORT: '0',
  PLAYGROUND_PORT: '0',
  API_PORTS: '0',
  TEST_DIR: path.join(root, 'test'),
};

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

/**
 * Makes `docker compose` in the project's folder use the suite's stack: another project, with the played model beside
 * it.
 */
function target(): Record<string, string> {
  environmentFile ??= envFile();
  return {
    COMPOSE_PROJECT_NAME: project,
    COMPOSE_FILE: 'compose.yaml:test/compose/compose.test.yaml',
    COMPOSE_ENV_FILES: environmentFile,
  };
}

/** Runs `docker compose …` on the real compose.yaml as the trial has it, with the played model beside it. */
export function compose(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const env = { ...target(), ...trialVariables, COMPOSE_PROFILES: 'offline,playground', ...options.env };
  return docker(['compose', ...args], { cwd: root, ...options, env });
}

/**
 * Runs a command of docs/operations.md in a shell, as it stands there. Its files go to `folder`, by default the
 * project's. Rejects with its output when it fails.
 */
export function runDocumented(command: string, options: RunOptions = {}): Promise<Finished> {
  // The trial's command itself says everything that differs from an empty .env.
  const settled = command === trial ? {} : trialVariables;
  return run('sh', ['-c', command], { cwd: root, ...options, env: { ...target(), ...settled, ...options.env } });
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
  return compose(['run', '--rm', '-T', 'cli', 'run', ...options, question], { timeout: 500_000, check: false });
}

export interface LoadResult {
  /** How many runs ended with each outcome; `lost` for those that did not end in time. */
  outcomes: Record<string, number>;
  /** Runs that got another run's answer. */
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

/** Waits until the check resolves to true. When it does not in time, rejects and names what it waited for. */
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

/** The services of compose.yaml that stay up. */
export const lastingServices = [
  'ingress',
  'api',
  'worker',
  'redis',
  'litellm',
  'litellm-db',
  'offline-model',
  ...runners,
  'postgres',
  's3',
  'egress',
  'prometheus',
  'alertmanager',
  'grafana',
  'playground',
];

import type { StackFile } from '#services/cli/stack-file.ts';
import type { BackendOptions } from './backend.ts';
import { StartError } from './errors.ts';
import type { StateFolder } from './folder.ts';
import { nextFreePort } from './ports.ts';
import { startProcess, type ProcessSpec, type StackProcess } from './process.ts';
import type { Screen } from './screen.ts';

export interface BuildOptions {
  state: StateFolder;
  screen: Screen;
  /** The person's own settings. */
  env: NodeJS.ProcessEnv;
  /** Called when a process came back: its addresses may have changed. */
  onChange?: () => void;
}

/** A stack under construction: what was started so far, in order. */
export interface Build extends BuildOptions {
  /** What clients of the stack are told. */
  environment: Record<string, string>;
  /** Starts a process and waits for it; later stages are stopped before earlier ones. */
  start(stage: Stage, spec: ProcessSpec): Promise<StackProcess>;
  /** Starts a backend of our own (backend.ts); resolves with the variables of its clients. */
  backend(name: string, options?: Partial<BackendOptions>): Promise<Record<string, string>>;
  /** Stops everything: the last stage first, the processes of one stage together. */
  stop(): Promise<void>;
  /** kill -9 for everything, at once. */
  kill(): void;
  describe(): StackFile;
}

/** What depends on what: a stage needs those before it. */
const stages = ['redis', 'backends', 'servers', 'worker', 'doors'] as const;
type Stage = (typeof stages)[number];

/** Variables that only some services may see; the others' processes do not get them. */
const secrets = [
  'DISCORD_TOKEN',
  'LITELLM_API_KEY',
  'REDIS_URL',
  'DRAGOMAN_SIGNING_KEY',
  'S3_SECRET_KEY',
  'POSTGRES_URL',
];

export function createBuild(options: BuildOptions): Build {
  const { screen, state } = options;
  const running: { stage: Stage; process: StackProcess }[] = [];
  const environment: Record<string, string> = {};
  const startedAt = new Date().toISOString();
  const base = baseEnvironment(options.env);
  let stopped = false;

  async function start(stage: Stage, spec: ProcessSpec): Promise<StackProcess> {
    if (stopped) throw new StartError('Stopped while starting.');
    const step = screen.step(spec.name);
    const process = startProcess(
      { ...spec, env: { ...base, ...spec.env } },
      screen,
      options.onChange ? { onRestart: options.onChange } : {},
    );
    running.push({ stage, process });
    try {
      await process.ready;
    } catch (error) {
      if (!stopped) step.failed();
      throw error;
    } finally {
      step.end();
    }
    step.done();
    return process;
  }

  return {
    ...options,
    environment,
    start,
    async backend(name, given = {}) {
      const backendOptions: BackendOptions = {
        folder: state.folder(name),
        port: await nextFreePort(0),
        ...given,
      };
      const stage = name === 'redis' ? 'redis' : 'backends';
      const env = { BACKEND_OPTIONS: JSON.stringify(backendOptions) };
      const process = await start(stage, { name, script: 'start/backend.ts', args: [name], env });
      return process.environment();
    },
    async stop() {
      stopped = true;
      for (const stage of stages.toReversed()) {
        await Promise.all(running.filter((each) => each.stage === stage).map(({ process }) => process.stop()));
      }
    },
    kill() {
      for (const { process } of running) process.kill();
    },
    describe: () => ({
      pid: process.pid,
      startedAt,
      environment,
      services: Object.fromEntries(
        running.map(({ process: each }) => [each.name, { pid: each.pid(), addresses: each.addresses() }]),
      ),
    }),
  };
}

/** The person's environment without what only some services may see, and with ports of the system's choice. */
function baseEnvironment(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  const base: Record<string, string | undefined> = { ...env };
  for (const name of secrets) {
    delete base[name];
    delete base[`${name}_FILE`];
  }
  // The starter waits for the line that says ready, which is of level info.
  const level = ['trace', 'debug'].includes(env['LOG_LEVEL'] ?? '') ? env['LOG_LEVEL'] : 'info';
  return { ...base, LOG_LEVEL: level, METRICS_PORT: '0', METRICS_HOST: '127.0.0.1' };
}

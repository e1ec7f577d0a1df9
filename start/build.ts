import { backendVariables } from '#mcp/domains.ts';
import type { Variables } from '#mcp/stack.ts';
import type { StackFile } from '#services/cli/stack-file.ts';
import type { BackendOptions } from './backend.ts';
import { StartError } from './errors.ts';
import type { StateFolder } from './folder.ts';
import { nextFreePort } from '#shared/ground/ports.ts';
import { startProcess, type ProcessOptions, type ProcessSpec, type StackProcess } from './process.ts';
import type { Screen } from './screen.ts';

export interface BuildOptions {
  state: StateFolder;
  screen: Screen;
  /** The person's own settings. */
  env: NodeJS.ProcessEnv;
  /** Called when a process has been started again: its addresses may have changed. */
  onChange?: () => void;
}

/** A stack under construction: what was started so far, in order. */
export interface Build extends BuildOptions {
  /** What clients of the stack are told. */
  environment: Variables;
  /** Starts a process; later stages are stopped before earlier ones. Throws StartError once the stack is stopped. */
  launch(stage: Stage, spec: ProcessSpec, options?: ProcessOptions): StackProcess;
  /** Starts a process, shows it, and waits until it is ready. */
  start(stage: Stage, spec: ProcessSpec): Promise<StackProcess>;
  /** Starts a backend of our own (backend.ts). Resolves with the variables of its clients. */
  backend(name: string, options?: Partial<BackendOptions>): Promise<Variables>;
  /** True as soon as the stack is being stopped. */
  stopped(): boolean;
  /** Stops everything: the last stage first, the processes of one stage together. */
  stop(): Promise<void>;
  /** Kills everything at once (kill -9). */
  kill(): void;
  describe(): StackFile;
}

/** The stages in the order of their needs: each stage needs those before it. */
const stages = ['redis', 'backends', 'servers', 'worker', 'doors'] as const;
type Stage = (typeof stages)[number];

/** Variables that only some services may see. The processes of the others do not get them. */
const reserved = [
  'DISCORD_TOKEN',
  'LITELLM_API_KEY',
  'REDIS_URL',
  'ARCHIVE_URL',
  'DRAGOMAN_SIGNING_KEY',
  ...backendVariables(),
];

export function createBuild(options: BuildOptions): Build {
  const { screen, state } = options;
  const running: { stage: Stage; process: StackProcess }[] = [];
  const environment: Variables = {};
  const startedAt = new Date().toISOString();
  const base = baseEnvironment(options.env);
  let stopped = false;

  function launch(stage: Stage, spec: ProcessSpec, given: ProcessOptions = {}): StackProcess {
    if (stopped) throw new StartError('Stopped while starting.');
    const process = startProcess({ ...spec, env: { ...base, ...spec.env } }, screen, {
      ...given,
      ...(options.onChange && { onRestart: options.onChange }),
    });
    running.push({ stage, process });
    return process;
  }

  async function start(stage: Stage, spec: ProcessSpec): Promise<StackProcess> {
    let process: StackProcess | undefined;
    const step = screen.step(spec.name, () => process?.waitsFor() ?? '');
    try {
      process = launch(stage, spec);
      await process.ready;
      step.done();
      return process;
    } catch (error) {
      if (!stopped) step.failed();
      throw error;
    } finally {
      step.end();
    }
  }

  return {
    ...options,
    environment,
    launch,
    start,
    stopped: () => stopped,
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

/** The person's environment without the variables that only some services may see. The system chooses the ports. */
function baseEnvironment(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  const base: Record<string, string | undefined> = { ...env };
  for (const name of reserved) {
    delete base[name];
    delete base[`${name}_FILE`];
  }
  // The starter waits for the line `ready`, which is logged at level info.
  const level = ['trace', 'debug'].includes(env['LOG_LEVEL'] ?? '') ? env['LOG_LEVEL'] : 'info';
  return { ...base, LOG_LEVEL: level, METRICS_PORT: '0', METRICS_HOST: '127.0.0.1' };
}

import { createContext, type WorkerOverrides } from '#services/worker/context.ts';
import { config } from '#services/worker/config.ts';
import { startPlayedModel, type PlayedModel, type PlayedModelOptions } from '#test/model/played-model.ts';
import { startRig, type Rig, type RigOptions } from './rig.ts';

/** The ingress on a playground, as `startRig`, with a real worker behind it that asks a played model. */
export interface LiveRig extends Rig {
  model: PlayedModel;
  /** Starts a worker (again). */
  startWorker(): Promise<void>;
  /** Ends the worker as SIGTERM does. */
  stopWorker(): Promise<void>;
  /** Waits for an answer of the bot that holds the text, with its end standing. */
  answer(text: string): ReturnType<Rig['controls']['waitFor']>;
}

interface LiveOptions extends RigOptions {
  model?: PlayedModelOptions;
  worker?: WorkerOverrides;
  workerSettings?: Record<string, string>;
}

export async function startLiveRig(options: LiveOptions = {}): Promise<LiveRig> {
  await using stack = new AsyncDisposableStack();
  const rig = stack.use(await startRig({ playground: { rateLimits: false }, ...options }));
  const model = stack.use(await startPlayedModel(options.model));
  let worker: AsyncDisposable | undefined;
  async function startWorker(): Promise<void> {
    const values = {
      REDIS_URL: rig.server.url,
      LITELLM_API_BASE: model.url,
      DRAGOMAN_SIGNING_KEY: 'k'.repeat(32),
      SHUTDOWN_GRACE_MS: '0',
      ...options.workerSettings,
    };
    worker = await createContext(config.parse(values), options.worker);
  }
  async function stopWorker(): Promise<void> {
    const running = worker;
    worker = undefined;
    await running?.[Symbol.asyncDispose]();
  }
  stack.defer(stopWorker);
  await startWorker();
  const owned = stack.move();
  return {
    ...rig,
    model,
    startWorker,
    stopWorker,
    // The votes stand beneath an answer that is complete.
    answer: (text) =>
      rig.controls.waitFor(
        ({ content, components }) => content.includes(text) && JSON.stringify(components).includes('"up:'),
      ),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

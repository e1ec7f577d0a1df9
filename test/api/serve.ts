import { afterAll, afterEach, beforeAll } from 'vitest';
import type { PlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startApiRig, type ApiRig } from './rig.ts';

/**
 * Serves the door and a worker with these tools to the tests of a file. Between two tests the model forgets its scripts
 * and the toolbox its calls. `settings`: variables of the worker.
 */
export function serveApi(
  toolbox: PlayedToolbox,
  started: (api: ApiRig) => void | Promise<void>,
  settings?: Record<string, string | number>,
): void {
  let api: ApiRig | undefined;
  let worker: AsyncDisposable | undefined;
  beforeAll(async () => {
    api = await startApiRig();
    worker = await api.rig.worker({ toolbox }, settings);
    await started(api);
  });
  afterAll(async () => {
    await worker?.[Symbol.asyncDispose]();
    await api?.[Symbol.asyncDispose]();
  });
  afterEach(() => {
    api?.rig.model.reset();
    toolbox.calls.length = 0;
  });
}

import { z } from 'zod';
import { errorText } from '#shared/errors.ts';
import { keys } from '#shared/keys.ts';
import { createLogger } from '#shared/log.ts';
import { connectRedis } from '#shared/redis.ts';
import { Stopped } from './interrupts.ts';

const log = createLogger('stops');
const control = z.object({ stop: z.string(), by: z.string() });

/** Hears stop requests for the runs that this worker holds. */
export interface Stops extends AsyncDisposable {
  /** Aborts with `Stopped` when the run is to stop. Hold it before the run is claimed, so that no request is missed. */
  hold(runId: string): Held;
}

export interface Held extends Disposable {
  signal: AbortSignal;
  stop(by: string): void;
}

/**
 * Subscribes to stop requests over a connection of its own. `onForeign` gets those for runs that are not held here:
 * a run may have been suspended in the moment of the request.
 */
export async function createStops(redisUrl: string, onForeign: (runId: string) => Promise<unknown>): Promise<Stops> {
  const redis = connectRedis(redisUrl, 'stops');
  const held = new Map<string, Held>();
  redis.on('message', (_channel, message) => {
    const parsed = control.safeParse(parse(message));
    if (!parsed.success) return log.warn({ message }, 'a message on the control channel was not understood');
    const { stop, by } = parsed.data;
    const run = held.get(stop);
    if (run) return run.stop(by);
    onForeign(stop).catch((error: unknown) => log.warn({ run: stop, error: errorText(error) }, 'stop not passed on'));
  });
  await redis.subscribe(keys.control);
  return {
    hold(runId) {
      const controller = new AbortController();
      const run: Held = {
        signal: controller.signal,
        stop: (by) => controller.abort(new Stopped(by)),
        [Symbol.dispose]() {
          if (held.get(runId) === run) held.delete(runId);
        },
      };
      held.set(runId, run);
      return run;
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect();
      await Promise.resolve();
    },
  };
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

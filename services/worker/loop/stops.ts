import { z } from 'zod';
import { keys } from '#shared/redis/keys.ts';
import { createLogger } from '#shared/process/log.ts';
import type { Subscriber } from '#shared/redis/subscriber.ts';
import { Stopped } from './interrupts.ts';

const log = createLogger('stops');
const control = z.object({ stop: z.string(), by: z.string() });

/** Hears stop requests for the runs that this worker holds. */
export interface Stops extends AsyncDisposable {
  /** Its signal aborts with `Stopped` when the run is to stop. Hold before claiming, so that no request is missed. */
  hold(runId: string): Held;
}

export interface Held extends Disposable {
  signal: AbortSignal;
  stop(by: string): void;
}

/** Listens for stop requests. A run that is not held here has its request in the journal, for its next worker. */
export async function createStops(subscriber: Subscriber): Promise<Stops> {
  const held = new Map<string, Held>();
  const listening = await subscriber.listen(keys.control, (message) => {
    const parsed = control.safeParse(parse(message));
    if (!parsed.success) return log.warn({ message }, 'a message on the control channel was not understood');
    held.get(parsed.data.stop)?.stop(parsed.data.by);
  });
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
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  };
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

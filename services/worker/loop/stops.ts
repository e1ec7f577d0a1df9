import type { Redis } from 'ioredis';
import { z } from 'zod';
import { errorText } from '#shared/ground/errors.ts';
import { keys } from '#shared/redis/keys.ts';
import { createLogger } from '#shared/process/log.ts';
import type { Subscriber } from '#shared/redis/subscriber.ts';
import { Stopped } from './interrupts.ts';

const log = createLogger('stops');
const control = z.union([z.object({ stop: z.string(), by: z.string() }), z.object({ steer: z.string() })]);

/** Hears what people want of the runs that this worker holds: that they stop, or hear more. */
export interface Stops extends AsyncDisposable {
  /** Its signal aborts with `Stopped` when the run is to stop. Hold before claiming, so that no request is missed. */
  hold(runId: string): Held;
}

export interface Held extends Disposable {
  signal: AbortSignal;
  stop(by: string): void;
  steer(): void;
  /** Whether somebody has said more since this was asked last. */
  wasSteered(): boolean;
}

/** Milliseconds between two looks at what is stored. */
const lookMs = 5_000;

/**
 * Listens for them. A run that is not held here has them in the journal, for its next worker. A message may get lost:
 * its sender dies before it is sent, or the subscriber has no connection at that moment. So what is stored is looked at
 * as well, now and then, and when the subscriber is back.
 */
export async function createStops(subscriber: Subscriber, redis: Redis): Promise<Stops> {
  const held = new Map<string, Held>();
  const listening = await subscriber.listen(keys.control, (message) => {
    const parsed = control.safeParse(parse(message));
    if (!parsed.success) return log.warn({ message }, 'a message on the control channel was not understood');
    if ('stop' in parsed.data) held.get(parsed.data.stop)?.stop(parsed.data.by);
    else held.get(parsed.data.steer)?.steer();
  });
  async function look(): Promise<void> {
    const ids = [...held.keys()];
    if (ids.length === 0 || redis.status !== 'ready') return;
    try {
      const by = await Promise.all(ids.map((id) => redis.hget(keys.run(id), 'stop')));
      for (const [index, id] of ids.entries()) if (by[index]) held.get(id)?.stop(by[index]);
    } catch (error) {
      log.warn({ error: errorText(error) }, 'whether runs are to stop is not known; looking again');
    }
  }
  const looking = setInterval(() => void look(), lookMs);
  subscriber.onReturn(() => {
    for (const run of held.values()) run.steer();
    void look();
  });
  return {
    hold(runId) {
      const controller = new AbortController();
      let steered = false;
      const run: Held = {
        signal: controller.signal,
        stop: (by) => controller.abort(new Stopped(by)),
        steer: () => void (steered = true),
        wasSteered() {
          const was = steered;
          steered = false;
          return was;
        },
        [Symbol.dispose]() {
          if (held.get(runId) === run) held.delete(runId);
        },
      };
      held.set(runId, run);
      return run;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(looking);
      await listening[Symbol.asyncDispose]();
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

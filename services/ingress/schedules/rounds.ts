import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { redisNow } from '#shared/redis/connect.ts';
import { dueSchedules } from '#shared/schedules/store.ts';
import { askDue } from './ask-due.ts';
import type { ScheduleContext } from './context.ts';

const log = createLogger('schedules');

/** Times that tests make shorter or play. */
export interface RoundOptions {
  everyMs?: number;
  /** Milliseconds until an occurrence that could not be asked is tried again. */
  againMs?: number;
  /** Redis' clock. */
  now?: () => Promise<number>;
}

/** Schedules that one round looks at. */
const most = 20;

/**
 * Looks every second what is due, by Redis' clock. Every ingress does so: which of several comes first does not matter.
 * Disposed, it waits for the round under way.
 */
export function startScheduleRounds(ingress: ScheduleContext, options: RoundOptions = {}): AsyncDisposable {
  const { everyMs = 1_000, againMs = 15_000, now = () => redisNow(ingress.redis) } = options;
  /** When what could not be asked is tried again, on this process' own clock. */
  const later = new Map<string, number>();
  let closed = false;
  let round: Promise<void> | undefined;

  async function look(): Promise<void> {
    // Without a connection nothing can be known of who made it; another ingress may have one.
    if (!ingress.client.isReady()) return;
    const at = await now();
    for (const [id, until] of later) if (until <= performance.now()) later.delete(id);
    const due = await dueSchedules(ingress.redis, at, most + later.size);
    for (const id of due) {
      if (closed) return;
      if (!later.has(id)) await askOne(id, at);
    }
  }

  async function askOne(id: string, at: number): Promise<void> {
    try {
      if ((await askDue(ingress, id, at)) !== 'not-yet') return;
    } catch (error) {
      log.warn({ schedule: id, error: errorText(error) }, 'a scheduled question could not be asked; trying again');
    }
    later.set(id, performance.now() + againMs);
  }

  const timer = setInterval(() => {
    round ??= look()
      .catch((error: unknown) => log.debug({ error: errorText(error) }, 'what is due is not known'))
      .finally(() => (round = undefined));
  }, everyMs);
  return {
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(timer);
      await round;
    },
  };
}

import type { Redis } from 'ioredis';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import type { RunRequestInput } from '#shared/run/request.ts';
import type { RunStore } from '#shared/run/run-store.ts';

const log = createLogger('door');

/** Milliseconds for which a taken question is checked to be still stored. By then a reply job shows it. */
const keepMs = 300_000;

/**
 * Returns the same store, which checks the questions that it took lately whenever its connection comes back. What a
 * master had not passed on when another one took over is lost, with the jobs that would have shown it. `lost` may be
 * called twice for one question.
 */
export function watchTaken(runs: RunStore, redis: Redis, lost: (request: RunRequestInput) => Promise<void>): RunStore {
  const taken = new Map<string, { request: RunRequestInput; at: number }>();
  redis.on('ready', () => {
    look().catch((error: unknown) =>
      log.warn({ error: errorText(error) }, 'whether questions were lost is not known yet'),
    );
  });

  async function look(): Promise<void> {
    forgetOld();
    for (const [id, { request }] of taken) {
      if (await runs.read(id)) continue;
      taken.delete(id);
      await lost(request);
    }
  }

  function forgetOld(): void {
    for (const [id, { at }] of taken) {
      if (performance.now() - at < keepMs) return;
      taken.delete(id);
    }
  }

  return {
    ...runs,
    async accept(request, options) {
      const accepted = await runs.accept(request, options);
      forgetOld();
      if (accepted.fresh) taken.set(accepted.runId, { request, at: performance.now() });
      return accepted;
    },
  };
}

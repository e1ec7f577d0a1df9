/** A signal that also ends by itself; dispose it when the work is over. */
export interface Deadline extends Disposable {
  signal: AbortSignal;
  /** True when the time ran out before the work was over and before the outer signal aborted. */
  readonly passed: boolean;
}

/**
 * A signal that aborts with `outer`'s reason, or with a TimeoutError after `ms` milliseconds. `AbortSignal.any([outer,
 * AbortSignal.timeout(ms)])` does the same, but costs tens of microseconds and leaves work for the garbage collector:
 * too much for what every run does.
 */
export function startDeadline(outer: AbortSignal, ms: number): Deadline {
  const controller = new AbortController();
  let passed = false;
  const abort = (): void => controller.abort(outer.reason);
  const timer = setTimeout(() => {
    passed = !controller.signal.aborted;
    controller.abort(new DOMException(`not done within ${ms} ms`, 'TimeoutError'));
  }, ms);
  if (outer.aborted) abort();
  else outer.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    get passed() {
      return passed;
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      outer.removeEventListener('abort', abort);
    },
  };
}

/** Whether the work was done within `ms` milliseconds; rejects as it does. */
export async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true as const), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A person stopped the run. */
export class Stopped extends Error {
  readonly by: string;
  constructor(by: string) {
    super(`stopped by ${by}`);
    this.by = by;
  }
}

/** The run's time is over. */
export class DeadlineReached extends Error {}

/** The process must end; another worker goes on with the run. */
export class ShuttingDown extends Error {}

export interface RunSignals extends Disposable {
  /** Aborts with Stopped, DeadlineReached or ShuttingDown. */
  any: AbortSignal;
  /** Aborts only for the first two: a mere restart must not cut off a call that cannot be repeated. */
  essential: AbortSignal;
}

/** Joins the signals that can end the work on a run. `deadlineMs` counts from now. */
export function joinSignals(stop: AbortSignal, shutdown: AbortSignal, deadlineMs: number): RunSignals {
  const any = new AbortController();
  const essential = new AbortController();
  const end = (reason: Error): void => {
    any.abort(reason);
    if (!(reason instanceof ShuttingDown)) essential.abort(reason);
  };
  const onStop = (): void => end(stop.reason as Error);
  const onShutdown = (): void => end(new ShuttingDown('this worker is shutting down'));
  // A timer takes at most 2^31-1 ms.
  const timer = setTimeout(() => end(new DeadlineReached()), Math.min(Math.max(deadlineMs, 0), 2_147_483_647));
  const listeners = [onAbort(stop, onStop), onAbort(shutdown, onShutdown)];
  if (stop.aborted) onStop();
  else if (shutdown.aborted) onShutdown();
  return {
    any: any.signal,
    essential: essential.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      for (const listener of listeners) listener[Symbol.dispose]();
    },
  };
}

const handlers = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `handler` when the signal aborts, until disposed. All handlers of a signal share one listener: the shutdown
 * signal has hundreds, and removing an event listener takes time in proportion to their number.
 */
function onAbort(signal: AbortSignal, handler: () => void): Disposable {
  const known = handlers.get(signal) ?? listen(signal);
  known.add(handler);
  return { [Symbol.dispose]: () => void known.delete(handler) };
}

function listen(signal: AbortSignal): Set<() => void> {
  const set = new Set<() => void>();
  handlers.set(signal, set);
  signal.addEventListener('abort', () => {
    for (const handler of set) handler();
  });
  return set;
}

export interface Interrupts {
  /** Aborts when the person (Ctrl-C) or the system (SIGTERM) wants an end. */
  signal: AbortSignal;
  happened: Promise<void>;
}

/**
 * Milliseconds within which a further signal is taken for the same one: `timeout`, npm and a service manager signal the
 * whole group, and npm passes on what it gets itself.
 */
const sameMs = 1_000;

/** The first signal asks for an orderly end; each later one calls `force`. */
export function watchInterrupts(force: () => void): Interrupts {
  const controller = new AbortController();
  const happened = Promise.withResolvers<void>();
  let at = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        if (performance.now() - at > sameMs) force();
        return;
      }
      at = performance.now();
      controller.abort();
      happened.resolve();
    });
  }
  return { signal: controller.signal, happened: happened.promise };
}

export interface Interrupts {
  /** Aborts when the person (Ctrl-C) or the system (SIGTERM) wants an end. */
  signal: AbortSignal;
  happened: Promise<void>;
}

/** The first signal asks for an orderly end; each further one calls `force`. */
export function watchInterrupts(force: () => void): Interrupts {
  const controller = new AbortController();
  const happened = Promise.withResolvers<void>();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        force();
        return;
      }
      controller.abort();
      happened.resolve();
    });
  }
  return { signal: controller.signal, happened: happened.promise };
}

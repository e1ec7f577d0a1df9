export interface CtrlC extends Disposable {
  /** Aborts with the first Ctrl-C. */
  stop: AbortSignal;
  /** Aborts with the second. */
  leave: AbortSignal;
}

/** Makes the first Ctrl-C stop the run, and the second one leave. SIGTERM counts as Ctrl-C. */
export function watchCtrlC(): CtrlC {
  const stop = new AbortController();
  const leave = new AbortController();
  const pressed = () => {
    if (stop.signal.aborted) leave.abort();
    else stop.abort();
  };
  process.on('SIGINT', pressed);
  process.on('SIGTERM', pressed);
  return {
    stop: stop.signal,
    leave: leave.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', pressed);
      process.off('SIGTERM', pressed);
    },
  };
}

import type { Readiness } from '#shared/process/health.ts';
import { StartError } from './errors.ts';
import { parseLine } from './screen.ts';

/** Where a process listens, by purpose. */
export type Addresses = Record<string, string>;

/**
 * Waits until a process is ready. Throws StartError with the failing checks when they fail for too long, and when the
 * process was stopped meanwhile.
 */
export async function untilReady(
  addresses: () => Addresses,
  options: {
    name: string;
    deadline: number;
    failingMs: number;
    stopped: () => boolean;
    /** Is told what is waited for, whenever that was looked at. */
    waiting?: (why: string) => void;
  },
): Promise<void> {
  const { name, deadline, failingMs, stopped } = options;
  let failingSince: number | undefined;
  for (;;) {
    const state = await readiness(addresses());
    if (state.ready) return;
    options.waiting?.(reportOf(state));
    if (stopped()) throw new StartError(`${name} was stopped before it was ready.`);
    failingSince = state.starting ? undefined : (failingSince ?? Date.now());
    const tooLong = failingSince !== undefined && Date.now() - failingSince >= failingMs;
    if (tooLong || Date.now() >= deadline) throw notReady(name, state);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

interface State {
  ready: boolean;
  /** True when nothing is wrong and dependencies are only still being started. */
  starting: boolean;
  /** What is wrong, by check. */
  failing: [check: string, why: string][];
}

function reportOf({ failing }: State): string {
  return failing.map(([check, why]) => `${check}: ${why}`).join('; ');
}

function notReady(name: string, state: State): StartError {
  const { failing } = state;
  return new StartError(`${name} is not ready: ${reportOf(state)}`, { why: failing.map(([, why]) => why).join('; ') });
}

/** What /readyz says, of the process or of a tool-runner in it. What has neither address counts as ready. */
export async function readiness(addresses: Addresses): Promise<State> {
  const base = addresses['metrics'] ?? addresses['mcp'];
  if (base === undefined) return { ready: true, starting: false, failing: [] };
  const url = new URL('/readyz', base);
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  if (!response) return { ready: false, starting: false, failing: [['/readyz', 'no answer']] };
  const body = await response.text().catch(() => '');
  const { checks = {}, starting } = (parseLine(body) ?? {}) as Partial<Readiness>;
  const failing = Object.entries(checks).filter(([, state]) => state !== 'ok');
  return { ready: response.ok, starting: starting === true, failing };
}

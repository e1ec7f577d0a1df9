import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { createLogger } from '#shared/process/log.ts';
import { metrics } from '#shared/process/metrics.ts';

const log = createLogger('breaker');

export interface Breakers {
  /** Runs `work` unless the target has just failed repeatedly; then throws what `away` returns, without trying. */
  run<T>(target: string, work: () => Promise<T>): Promise<T>;
  /** Does the same for work that is not one promise; the caller tells the `Attempt` how it ended, exactly once. */
  enter(target: string): Promise<Attempt>;
}

export interface Attempt {
  succeeded(): void;
  failed(error: unknown): void;
}

export interface BreakerRules {
  /** Failures in a row that open a breaker. */
  failures: number;
  /** Milliseconds until one request may try again. */
  halfOpenAfterMs: number;
  /** What counts as a failure of the target. */
  counts(error: unknown): boolean;
  /** The error of a request that is not made. */
  away(target: string, retryAfterMs: number): Error;
}

/** One circuit breaker per target, visible as `breaker_state`. Targets must be few: they are label values. */
export function createBreakers(rules: BreakerRules): Breakers {
  const breakers = new Map<string, CircuitBreakerPolicy>();
  function breaker(target: string): CircuitBreakerPolicy {
    const known = breakers.get(target);
    if (known) return known;
    const made = circuitBreaker(
      handleWhen((error) => rules.counts(error)),
      {
        halfOpenAfter: rules.halfOpenAfterMs,
        breaker: new ConsecutiveBreaker(rules.failures),
      },
    );
    const show = (state: CircuitState): void => metrics.breakerState.set({ target }, stateValue(state));
    show(CircuitState.Closed);
    made.onStateChange((state) => {
      show(state);
      log.info({ target, state: CircuitState[state] }, 'circuit breaker changed');
    });
    breakers.set(target, made);
    return made;
  }
  async function run<T>(target: string, work: () => Promise<T>): Promise<T> {
    const one = breaker(target);
    // Half open means that one request is trying already; waiting for its outcome could take as long as an answer.
    if (one.state === CircuitState.HalfOpen) throw rules.away(target, rules.halfOpenAfterMs);
    try {
      return await one.execute(work);
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw rules.away(target, rules.halfOpenAfterMs);
      throw error;
    }
  }
  async function enter(target: string): Promise<Attempt> {
    const outcome = Promise.withResolvers<void>();
    const admitted = Promise.withResolvers<void>();
    const guarded = run(target, () => {
      admitted.resolve();
      return outcome.promise;
    });
    // The failure is thrown where it happens; here it is only counted.
    guarded.catch(() => undefined);
    await Promise.race([admitted.promise, guarded]);
    return { succeeded: outcome.resolve, failed: outcome.reject };
  }
  return { run, enter };
}

function stateValue(state: CircuitState): number {
  switch (state) {
    case CircuitState.Closed:
      return 0;
    case CircuitState.HalfOpen:
      return 1;
    case CircuitState.Open:
    case CircuitState.Isolated:
      return 2;
  }
}

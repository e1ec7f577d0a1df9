import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import type { CallFileStep } from '#shared/process/metric-labels.ts';
import { metrics } from '#shared/process/metrics.ts';

const log = createLogger('tool-runner');

export type CallOutcome = 'ok' | 'error' | 'refused' | 'stopped' | 'timeout' | 'repeated';

/** A call was answered. `backendMs` is the part of its time that the domain or wrapped server took. */
export function callAnswered(call: { server: string; tool: string; outcome: CallOutcome; backendMs: number }): void {
  const { server, tool, outcome, backendMs } = call;
  metrics.toolCallDuration.observe({ domain: server, tool }, backendMs / 1_000);
  // The run's journal has every call, so the log only tells of those that failed.
  const level = outcome === 'ok' ? 'debug' : 'info';
  if (log.isLevelEnabled(level)) {
    log[level]({ server, tool, outcome, backendMs: Math.round(backendMs * 10) / 10 }, 'tool call answered');
  }
}

/** The file that remembers calls failed. At `intent` the call was not made; at `result` it is answered as unknown. */
export function callFileFailed(step: CallFileStep, error: unknown): void {
  metrics.callFileFailures.inc({ step });
  log.error({ step, error: errorText(error) }, 'the file of calls failed');
}

/** A call was not run because its token or the policy does not allow it. */
export function callRefused(call: { server: string; tool: string; subject: string; why: string }): void {
  log.warn(call, 'tool call refused');
}

/** The answer to a call was sent. `overheadMs` is our own share, counted from the request's arrival. */
export function answerSent(server: string, overheadMs: number): void {
  metrics.toolOverhead.observe({ domain: server }, Math.max(0, overheadMs) / 1_000);
}

/** What one call may take in leaves room for fewer calls at once than CONCURRENCY says; the others wait. */
export function fewerCallsAtOnce(server: string, wanted: number, calls: number): void {
  log.warn(
    { server, wanted, calls },
    'fewer calls run at once than CONCURRENCY says: answers may be large for this memory',
  );
}

/** A request was turned away by its guard. */
export function requestRejected(reason: string, status: number): void {
  // Older clients ask for a GET stream as a matter of course.
  if (status === 405) log.debug({ reason, status }, 'request rejected');
  else log.warn({ reason, status }, 'request rejected');
}

/** The protocol library met an error and answered it itself. */
export function protocolProblem(error: Error): void {
  log.debug({ error: error.message }, 'protocol problem');
}

/** A tool failed in a way that its author did not foresee. */
export function toolCrashed(tool: string, error: unknown): void {
  const detail = error instanceof Error ? { error: error.message, stack: error.stack } : { error: String(error) };
  log.error({ tool, ...detail }, 'tool crashed');
}

/** A request failed in a way that nobody foresaw. */
export function requestCrashed(error: string): void {
  log.error({ error }, 'request crashed');
}

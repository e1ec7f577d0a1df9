import { createLogger } from '#shared/log.ts';
import { metrics } from '#shared/metrics.ts';

const log = createLogger('tool-runner');

export type CallOutcome = 'ok' | 'error' | 'refused' | 'stopped' | 'timeout' | 'repeated';

/** A call was answered. `backendMs`: the part of it that the domain or wrapped server took. */
export function callAnswered(call: { server: string; tool: string; outcome: CallOutcome; backendMs: number }): void {
  const { server, tool, outcome, backendMs } = call;
  metrics.toolCallDuration.observe({ domain: server, tool }, backendMs / 1_000);
  log.info({ server, tool, outcome, backendMs: Math.round(backendMs * 10) / 10 }, 'tool call answered');
}

/** A call was not run because its token or the policy does not allow it. */
export function callRefused(call: { server: string; tool: string; subject: string; why: string }): void {
  log.warn(call, 'tool call refused');
}

/** The answer to a call has left. `overheadMs`: our own share, from the request's arrival on. */
export function answerSent(server: string, overheadMs: number): void {
  metrics.toolOverhead.observe({ domain: server }, Math.max(0, overheadMs) / 1_000);
}

/** A request was turned away at the door. */
export function requestRejected(reason: string, detail: Record<string, unknown> = {}): void {
  log.warn({ reason, ...detail }, 'request rejected');
}

/** The protocol library met something wrong that it answered itself. */
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

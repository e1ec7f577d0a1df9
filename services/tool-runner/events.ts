import type { Client } from '@modelcontextprotocol/client';
import { createLogger } from '#shared/process/log.ts';
import { errorText } from '#shared/ground/errors.ts';
import type { CallFileStep } from '#shared/process/metric-labels.ts';
import { metrics } from '#shared/process/metrics.ts';
import { plainText } from './backends/text.ts';

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

/** A wrapped server's list of tools could be read only in part. */
export function listIncomplete(server: string, why: string): void {
  log.warn({ server, why: plainText(why, 500) }, 'list of tools incomplete');
}

/** The wrapped server answers. `dragoman servers test` reads what the server says about itself from this line. */
export function backendConnected(server: string, client: Client): void {
  const { name, version } = client.getServerVersion() ?? {};
  const said = (text: string | undefined) => (typeof text === 'string' ? plainText(text, 100) : undefined);
  const protocol = client.getNegotiatedProtocolVersion();
  log.info({ server, name: said(name), version: said(version), protocol }, 'server connected');
}

/** The wrapped server was lost or could not be reached; it is tried again. */
export function backendAway(server: string, why: string): void {
  log.warn({ server, why }, 'server away');
}

/** A line that a child printed on stderr. */
export function childSaid(server: string, line: string): void {
  log.info({ server, line }, 'server printed');
}

/** A child printed more lines than are logged. */
export function childSaidMore(server: string, lines: number): void {
  log.warn({ server, lines }, 'server printed more than is logged');
}

/** A tool of the wrapped server is left out. */
export function toolDropped(server: string, tool: string, why: string): void {
  log.warn({ server, tool, why }, 'tool left out');
}

/** A tool of the wrapped server has an odd name, and is shown under a legal one. */
export function toolRenamed(server: string, tool: string, shown: string): void {
  log.info({ server, tool, shown }, 'tool shown under another name');
}

/** A wrapped server answered a call with a protocol error, whose text the model does not get. */
export function serverRefused(server: string, tool: string, error: string): void {
  log.warn({ server, tool, error }, 'server refused a call');
}

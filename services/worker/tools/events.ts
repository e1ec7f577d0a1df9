import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { metrics } from '#shared/process/metrics.ts';
import type { ToolCallOutcome } from './toolbox.ts';

const log = createLogger('toolbox');

/** Third-party servers name their tools as they like, and anew: as labels only so many distinct names are used. */
const maxTools = 500;
const toolLabels = new Set<string>();

/** The tool's name as a label; `other` beyond the bound. */
function toolLabel(domain: string, tool: string): string {
  if (toolLabels.has(tool)) return tool;
  if (toolLabels.size >= maxTools) return 'other';
  toolLabels.add(tool);
  metrics.toolCalls.beginAtZero({ domain, tool });
  return tool;
}

/** Tools that may be called from now on. */
export function toolsListed(tools: Iterable<{ domain: string; name: string }>): void {
  for (const { domain, name } of tools) toolLabel(domain, name);
}

/** A tool call is over, however it ended. */
export function toolCalled(domain: string, name: string, outcome: ToolCallOutcome): void {
  const tool = toolLabel(domain, name);
  metrics.toolCalls.inc({ domain, tool, outcome: outcome.outcome });
  metrics.toolCallDuration.observe({ domain, tool }, outcome.durationMs / 1_000);
  if (outcome.overheadMs !== undefined) metrics.toolOverhead.observe({ domain }, outcome.overheadMs / 1_000);
  // The run's journal has every call, and its last line names the tools: the log tells of calls that went wrong.
  const level = outcome.outcome === 'ok' ? 'debug' : 'info';
  if (!log.isLevelEnabled(level)) return;
  const durationMs = Math.round(outcome.durationMs * 10) / 10;
  log[level]({ domain, tool: name, outcome: outcome.outcome, durationMs }, 'tool called');
}

/** A tool-runner did not do its part. */
export function runnerFailed(server: string, what: string, error: unknown): void {
  const cause = error instanceof Error && error.cause !== undefined ? errorText(error.cause) : undefined;
  log.warn({ server, what, error: errorText(error), cause }, 'tool-runner failed');
}

/** The tool-runner's clock is not ours: tokens go by its own from now on. */
export function clockDiffers(url: string, aheadMs: number): void {
  log.warn({ url, aheadMs }, "the tool-runner's clock and ours differ: one of the machines has the wrong time");
}

/** An entry of servers.json is wrong: its server is done without. */
export function serverLeftOut(server: string, why: string): void {
  log.error({ server, why }, 'the entry of servers.json is wrong; the server is left out');
}

/** A server's tool cannot be offered. */
export function toolLeftOut(server: string, tool: string, why: string): void {
  log.warn({ server, tool: tool.slice(0, 200), why }, 'tool left out');
}

/** A policy or token of ours does not fit the tool-runner's. */
export function callRefused(domain: string, tool: string, why: string): void {
  log.warn({ domain, tool, why }, 'tool call refused');
}

/** The worker's own tool failed in a way that its author did not foresee. */
export function builtinCrashed(tool: string, error: unknown): void {
  log.error({ tool, error: errorText(error), stack: error instanceof Error ? error.stack : undefined }, 'tool crashed');
}

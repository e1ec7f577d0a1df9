import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { metrics } from '#shared/process/metrics.ts';
import type { ToolCallOutcome } from './toolbox.ts';

const log = createLogger('toolbox');

/** Third-party servers name and rename tools as they like, so only this many distinct names are used as labels. */
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

/** Names the tools that may be called from now on, so that their figures begin at 0. */
export function toolsListed(tools: Iterable<{ domain: string; name: string }>): void {
  for (const { domain, name } of tools) toolLabel(domain, name);
}

/** A tool call is over, however it ended. */
export function toolCalled(domain: string, name: string, outcome: ToolCallOutcome): void {
  const tool = toolLabel(domain, name);
  metrics.toolCalls.inc({ domain, tool, outcome: outcome.outcome });
  metrics.toolCallDuration.observe({ domain, tool }, outcome.durationMs / 1_000);
  if (outcome.overheadMs !== undefined) metrics.toolOverhead.observe({ domain }, outcome.overheadMs / 1_000);
  // The run's journal has every call, and the run's last log line names the tools, so the log only tells of calls that
  // failed.
  const level = outcome.outcome === 'ok' ? 'debug' : 'info';
  if (!log.isLevelEnabled(level)) return;
  const durationMs = Math.round(outcome.durationMs * 10) / 10;
  log[level]({ domain, tool: name, outcome: outcome.outcome, durationMs }, 'tool called');
}

/** A tool-runner failed to do its part. */
export function runnerFailed(server: string, what: string, error: unknown): void {
  const cause = error instanceof Error && error.cause !== undefined ? errorText(error.cause) : undefined;
  log.warn({ server, what, error: errorText(error), cause }, 'tool-runner failed');
}

/** The tool-runner's clock differs from ours; from now on its tokens are signed by its own clock. */
export function clockDiffers(url: string, aheadMs: number): void {
  log.warn({ url, aheadMs }, "the tool-runner's clock and ours differ: one of the machines has the wrong time");
}

/** An entry of servers.json is wrong, so its server is left out. */
export function serverLeftOut(server: string, why: string): void {
  log.error({ server, why }, 'the entry of servers.json is wrong; the server is left out');
}

/** A server's tool cannot be offered. */
export function toolLeftOut(server: string, tool: string, why: string): void {
  log.warn({ server, tool: tool.slice(0, 200), why }, 'tool left out');
}

/** Our policy or token does not fit that of the tool-runner. */
export function callRefused(domain: string, tool: string, why: string): void {
  log.warn({ domain, tool, why }, 'tool call refused');
}

/** The worker's own tool failed in a way that its author did not foresee. */
export function builtinCrashed(tool: string, error: unknown): void {
  log.error({ tool, error: errorText(error), stack: error instanceof Error ? error.stack : undefined }, 'tool crashed');
}

/** Memories were searched by words alone. */
export function memorySearchFailed(error: string): void {
  log.warn({ error }, 'memories could not be searched by meaning');
}

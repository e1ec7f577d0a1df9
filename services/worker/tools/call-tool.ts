import { argumentsHash } from '#shared/run/arguments-hash.ts';
import { startDeadline, type Deadline } from '#shared/ground/deadline.ts';
import { UpstreamError } from '#shared/ground/errors.ts';
import { redact } from '#shared/process/log.ts';
import type { PolicySource } from '#shared/rights/policy.ts';
import type { TokenSigner } from '#shared/rights/tokens.ts';
import { IDEMPOTENCY_META, OUTCOME_META, REPEATED_META } from '#shared/ground/tool-meta.ts';
import type { Breakers } from '../gateway/breakers.ts';
import type { Catalogue, Runner } from './catalogue.ts';
import { callRefused, runnerFailed } from './events.ts';
import type { McpReply, McpRequest } from './mcp-client.ts';
import { asData, readResult } from './result-text.ts';
import { NotDelivered, RunnerFailure } from './runner-errors.ts';
import type { ToolCallOrder, ToolCallOutcome } from './toolbox.ts';

export interface CallParts {
  policy: PolicySource;
  signer: TokenSigner;
  breakers: Breakers;
  catalogue: Catalogue;
  /** Milliseconds. */
  timeoutMs: number;
  resultMaxChars: number;
}

/** The end of a call, before its duration is known. */
export type CallEnd = Omit<ToolCallOutcome, 'durationMs' | 'overheadMs'> & { backendMs?: number | undefined };

/** Why the present policy forbids this call; undefined when it allows it. */
export function refusal(order: ToolCallOrder, policy: PolicySource): string | undefined {
  const { tool, caller, approvedArguments } = order;
  const permission = policy.current().permission(caller, tool.name);
  if (permission === 'deny') return `${tool.name} may not be used by the person who asks. Do without it.`;
  if (permission === 'allow') return undefined;
  if (approvedArguments === undefined) return `${tool.name} needs a human's yes, and there is none.`;
  if (approvedArguments === argumentsHash(order.arguments)) return undefined;
  return `${tool.name} was not called: a human said yes to other arguments than these.`;
}

/** Calls a tool behind its tool-runner. Never rejects: each failure becomes an end with a sentence for the model. */
export async function callRunner(
  parts: CallParts,
  runner: Runner,
  wireName: string,
  order: ToolCallOrder,
): Promise<CallEnd> {
  using deadline = startDeadline(order.signal, parts.timeoutMs);
  try {
    const { tool, caller, runId, approvedArguments } = order;
    const claims = {
      caller,
      run: runId,
      tool: tool.name,
      ...(approvedArguments !== undefined && { approvedArguments }),
    };
    const token = (now: number) => parts.signer.sign(runner.name, claims, now);
    const reply = await deliver(parts, runner, wireName, token, order, deadline.signal);
    return endOf(reply, order, parts.resultMaxChars);
  } catch (error) {
    return failureEnd(error, runner, order, parts, deadline);
  }
}

async function deliver(
  parts: CallParts,
  runner: Runner,
  wireName: string,
  token: McpRequest['token'],
  order: ToolCallOrder,
  signal: AbortSignal,
): Promise<McpReply> {
  const params = {
    name: wireName,
    arguments: order.arguments,
    _meta: { [IDEMPOTENCY_META]: order.idempotencyKey, ...(order.repeated && { [REPEATED_META]: true }) },
  };
  const once = (fresh = false): Promise<McpReply> =>
    parts.breakers.run(`tool-runner:${runner.name}`, () =>
      runner.client.request({ method: 'tools/call', params, token, signal, onProgress: order.onProgress, fresh }),
    );
  try {
    return await once();
  } catch (error) {
    // A kept connection may close at the moment of its use, and a tool-runner may die of which there are several. A call
    // that is harmless to repeat is repeated, once.
    const lost = error instanceof RunnerFailure && error.facts.what === 'lost';
    if (!lost || !order.tool.repeatable || signal.aborted) throw error;
    return await once(true).catch(() => {
      // A second try that did not arrive tells nothing about the first.
      throw error;
    });
  }
}

function endOf({ result, backendMs }: McpReply, order: ToolCallOrder, maxChars: number): CallEnd {
  const { tool } = order;
  if (result['resultType'] !== undefined && result['resultType'] !== 'complete') {
    return {
      outcome: 'error',
      content: `${tool.name} asks back, which is not possible here. Do without it.`,
      backendMs,
    };
  }
  const { text, pictures, size } = readResult(tool.name, result);
  const content = asData(tool, text, maxChars);
  const meta = result['_meta'] as Record<string, unknown> | undefined;
  if (meta?.[OUTCOME_META] === 'unknown' && !tool.repeatable) return { outcome: 'interrupted', content, backendMs };
  const outcome = result['isError'] === true ? 'error' : 'ok';
  const shown = { ...(pictures.length > 0 && { pictures }), ...(size && outcome === 'ok' && { size }) };
  return { outcome, content, backendMs, ...shown, ...(meta?.[OUTCOME_META] === 'not-run' && { unmade: true }) };
}

function failureEnd(
  error: unknown,
  runner: Runner,
  order: ToolCallOrder,
  parts: CallParts,
  deadline: Deadline,
): CallEnd {
  const { tool, signal } = order;
  const unknown = `Whether it happened is not known; do not call it again before that is clear.`;
  if (signal.aborted) {
    const content = `${tool.name} was stopped before it finished.`;
    if (tool.readOnly || error instanceof NotDelivered) return { outcome: 'stopped', content };
    return { outcome: 'interrupted', content: `${content} ${unknown}` };
  }
  if (deadline.passed) {
    const content = `${tool.name} did not finish within ${parts.timeoutMs / 1_000} s and was stopped.`;
    if (!tool.repeatable) return { outcome: 'interrupted', content: `${content} ${unknown}` };
    return { outcome: 'error', content: `${content} Ask for less, or do without it.` };
  }
  runnerFailed(runner.name, `call of ${tool.name}`, error);
  const fate = order.repeated ? 'gave no result' : 'was not called';
  const away = `The ${runner.name} tools cannot be reached at the moment; ${tool.name} ${fate}. Do without it, or tell the user.`;
  if (error instanceof NotDelivered || error instanceof UpstreamError) {
    parts.catalogue.doubt(runner.name);
    return { outcome: 'error', content: away, unmade: true };
  }
  if (!(error instanceof RunnerFailure)) {
    return { outcome: 'error', content: `${tool.name} failed. Tell the user.`, unmade: true };
  }
  if (error.ofRunner) parts.catalogue.doubt(runner.name);
  if (!error.outcomeUnknown) return { ...refusedByRunner(error, order, parts.resultMaxChars), unmade: true };
  const broke = `The connection to ${tool.name} failed while it was at work.`;
  if (!tool.repeatable) return { outcome: 'interrupted', content: `${broke} ${unknown}` };
  return { outcome: 'error', content: `${broke} Nothing was lost; it may be called again.` };
}

function refusedByRunner(error: RunnerFailure, order: ToolCallOrder, maxChars: number): CallEnd {
  const { tool } = order;
  const { status } = error.facts;
  if (status === 401 || status === 403) {
    callRefused(tool.domain, tool.name, error.message);
    return { outcome: 'refused', content: `${tool.name} was refused by its server. Do without it, or tell the user.` };
  }
  if (status === 413) return { outcome: 'error', content: `The arguments of ${tool.name} are too large. Send less.` };
  const said = error.said === undefined ? '' : ` Its server said:\n${asData(tool, redact(error.said), maxChars)}`;
  return { outcome: 'error', content: `${tool.name} was not run.${said}` };
}

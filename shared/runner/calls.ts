import type { CallToolResult } from '@modelcontextprotocol/server';
import { startDeadline } from '#shared/ground/deadline.ts';
import { ToolError, failure, notRun, type AnyTool, type ToolContext } from '#mcp/kit.ts';
import type { Grant } from './auth.ts';
import { CallNotMade, LostCall, type ServedTool } from './backend.ts';
import { unknownOutcome, type CallMemory } from './call-memory.ts';
import { callAnswered, callRefused, toolCrashed, type CallOutcome } from './events.ts';
import type { Limiter } from './limiter.ts';
import { capResult } from './results.ts';

/** What all calls of a runner share. */
export interface CallRules {
  server: string;
  memory: CallMemory;
  limiter: Limiter;
  /** Milliseconds. */
  timeoutMs: number;
  resultMaxBytes: number;
}

/** One HTTP request: who asks, and how long its backend took, so that our own share is known. */
export interface CallRequest {
  grant: Grant;
  /** Aborts when the caller is gone or has cancelled. */
  signal: AbortSignal;
  /** Aborts only when the caller has said that it cancels, which a caller that died has not. */
  cancelled: AbortSignal;
  /** Milliseconds, summed over the request's calls. */
  backendMs: number;
  /** True once a tool was called. */
  called: boolean;
}

interface Execution {
  result: CallToolResult;
  outcome: CallOutcome;
  backendMs: number;
}

/**
 * The tool as this caller may call it, with permission, idempotency, room, time and size taken care of. Never rejects:
 * a failure is a result with `isError`.
 */
export function guardTool(served: ServedTool, request: CallRequest, rules: CallRules): AnyTool {
  const { tool, catalogueName } = served;
  async function call(args: unknown, context: ToolContext): Promise<CallToolResult> {
    request.called = true;
    const why = request.grant.refusal(catalogueName, args);
    if (why !== undefined) {
      callRefused({ server: rules.server, tool: catalogueName, subject: request.grant.subject, why });
      return notRun(why);
    }
    const { result, outcome, backendMs } = await perform(served, args, context, request, rules);
    request.backendMs += backendMs;
    callAnswered({ server: rules.server, tool: catalogueName, outcome, backendMs });
    return capResult(result, rules.resultMaxBytes, tool.wire.outputSchema !== undefined);
  }
  return { name: tool.name, wire: tool.wire, call };
}

async function perform(
  served: ServedTool,
  args: unknown,
  context: ToolContext,
  request: CallRequest,
  rules: CallRules,
): Promise<Execution> {
  const signal = context.signal === request.signal ? request.signal : AbortSignal.any([context.signal, request.signal]);
  const own = { ...context, run: runKey(request.grant), caller: request.grant.caller };
  const run = (until: AbortSignal): Promise<Execution> => execute(served, args, { ...own, signal: until }, rules);
  try {
    return await rules.limiter.run(signal, async () => {
      if (served.readOnly || context.idempotencyKey === undefined) return run(signal);
      // A call that has begun goes on when its caller dies: it will be repeated with its key, and then gets the true
      // result.
      return remembered(served, args, context, request, rules, () => run(request.cancelled));
    });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { result: notRun(error.message), outcome: signal.aborted ? 'stopped' : 'error', backendMs: 0 };
  }
}

/** What the calls of one run, and of no other caller, have in common. */
export function runKey({ subject, run }: Grant): string {
  return `${subject} ${run}`;
}

async function remembered(
  served: ServedTool,
  args: unknown,
  { idempotencyKey: key = '', repeated }: ToolContext,
  request: CallRequest,
  rules: CallRules,
  run: () => Promise<Execution>,
): Promise<Execution> {
  const { catalogueName: tool, repeatable } = served;
  const call = { scope: runKey(request.grant), key, tool, args, repeatable, repeated };
  let execution: Execution | undefined;
  const { result } = await rules.memory.once(call, async () => {
    execution = await run();
    // The result is cut before it is stored, so that a server cannot make the file of results grow at will.
    return capResult(execution.result, rules.resultMaxBytes, served.tool.wire.outputSchema !== undefined);
  });
  if (!execution) return { result, outcome: 'repeated', backendMs: 0 };
  // A result that could not be stored is answered as unknown, which is an error.
  const outcome = execution.outcome === 'ok' && result.isError === true ? 'error' : execution.outcome;
  return { ...execution, result, outcome };
}

/** Runs the tool until it answers, the caller is gone or the time is over. Never rejects. */
async function execute(served: ServedTool, args: unknown, context: ToolContext, rules: CallRules): Promise<Execution> {
  const { tool } = served;
  const started = performance.now();
  using deadline = startDeadline(context.signal, rules.timeoutMs);
  const { signal } = deadline;
  let result: CallToolResult;
  let notMade = false;
  try {
    result = await untilAborted(tool.call(args, { ...context, signal }), signal);
  } catch (error) {
    if (!signal.aborted && !(error instanceof ToolError)) toolCrashed(tool.name, error);
    notMade = error instanceof CallNotMade;
    if (error instanceof LostCall && !served.readOnly) result = unknownOutcome(tool.name);
    else result = failure(error instanceof ToolError ? error.message : `${tool.name} failed inside. Tell the user.`);
  }
  const backendMs = performance.now() - started;
  if (result.isError !== true) return { result, outcome: 'ok', backendMs };
  if (!signal.aborted) return { result, outcome: 'error', backendMs };
  return {
    result: notMade ? result : stopped(served, deadline.passed, rules.timeoutMs),
    outcome: deadline.passed ? 'timeout' : 'stopped',
    backendMs,
  };
}

/** A caller gets its answer even when the tool ignores the signal; a short grace lets a tool that heeds it say more. */
async function untilAborted(work: Promise<CallToolResult>, signal: AbortSignal): Promise<CallToolResult> {
  let timer: NodeJS.Timeout | undefined;
  const aborted = new Promise<never>((_, reject) => {
    const giveUp = () => {
      timer = setTimeout(() => reject(new ToolError('stopped')), graceMs);
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    clearTimeout(timer);
  }
}

const graceMs = 500;

function stopped(served: ServedTool, late: boolean, timeoutMs: number): CallToolResult {
  if (!served.readOnly) return unknownOutcome(served.tool.name);
  return failure(
    late
      ? `${served.tool.name} did not finish within ${timeoutMs / 1_000} s and was stopped. Ask for less.`
      : `${served.tool.name} was stopped before it finished.`,
  );
}

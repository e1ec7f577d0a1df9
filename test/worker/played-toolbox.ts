import { setTimeout as sleep } from 'node:timers/promises';
import type {
  CheckedArguments,
  OfferedTool,
  Toolbox,
  ToolCallOrder,
  ToolCallOutcome,
} from '#services/worker/tools/toolbox.ts';

export interface PlayedTool extends Partial<Omit<OfferedTool, 'name'>> {
  /** Returns the text of the result, or the whole outcome. */
  run: (order: ToolCallOrder) => string | Partial<ToolCallOutcome> | Promise<string | Partial<ToolCallOutcome>>;
}

export interface PlayedToolbox extends Toolbox {
  /** The calls that were begun, in order. */
  calls: { tool: string; arguments: Record<string, unknown>; key: string }[];
  unreachable: string[];
  /** Domains that were told of a run's end. */
  ended: string[];
}

/** A toolbox of functions, for tests of the loop. Tools take any object whose values are strings or numbers. */
export function createPlayedToolbox(tools: Record<string, PlayedTool>): PlayedToolbox {
  const calls: PlayedToolbox['calls'] = [];
  const unreachable: string[] = [];
  const ended: string[] = [];
  const offered = Object.entries(tools).map(([name, tool]) => describe(name, tool));
  return {
    calls,
    unreachable,
    ended,
    runEnded: (_, domains) => void ended.push(...domains),
    offer: () => Promise.resolve({ tools: offered, unreachable }),
    checkArguments,
    present: (chosen) =>
      chosen.map(({ name, description, inputSchema }) => ({
        type: 'function',
        function: { name, description, parameters: inputSchema },
      })),
    async call(order) {
      calls.push({ tool: order.tool.name, arguments: order.arguments, key: order.idempotencyKey });
      const started = performance.now();
      const result = await tools[order.tool.name]!.run(order);
      const durationMs = performance.now() - started;
      const outcome = typeof result === 'string' ? { content: result } : result;
      return { outcome: 'ok', content: '', durationMs, ...outcome };
    },
    async [Symbol.asyncDispose]() {},
  };
}

function describe(name: string, tool: PlayedTool): OfferedTool {
  const readOnly = tool.readOnly ?? true;
  return {
    name,
    domain: tool.domain ?? 'played',
    title: tool.title ?? name,
    description: tool.description ?? `The tool ${name}.`,
    inputSchema: tool.inputSchema ?? { type: 'object' },
    ...(tool.core && { core: true }),
    readOnly,
    repeatable: tool.repeatable ?? readOnly,
    openWorld: tool.openWorld ?? false,
    remembered: tool.remembered ?? false,
    ...(tool.stateful === undefined ? {} : { stateful: tool.stateful }),
    permission: tool.permission ?? 'allow',
  };
}

function checkArguments(_tool: OfferedTool, text: string): CheckedArguments {
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const wrong = Object.entries(value).find(([, each]) => !['string', 'number'].includes(typeof each));
    if (wrong) return { ok: false, problem: `${wrong[0]} must be a string or a number.` };
    return { ok: true, value };
  } catch {
    return { ok: false, problem: 'The arguments are not valid JSON.' };
  }
}

/** Waits until the order's signal aborts, then says that it was stopped. This is for tools that hang. */
export async function untilStopped(order: ToolCallOrder): Promise<Partial<ToolCallOutcome>> {
  await sleep(60_000, undefined, { signal: order.signal }).catch(() => undefined);
  return { outcome: 'stopped', content: 'Stopped before it finished.' };
}

import OpenAI from 'openai';
import type { AnyTool } from '#mcp/kit.ts';
import { startOfflineModel } from './start.ts';

/** A tool as a test gives it: its wire form and what it answers. */
export interface OfferedTool {
  wire: Pick<AnyTool['wire'], 'name' | 'description' | 'inputSchema'>;
  answer(args: Record<string, unknown>): string | Promise<string>;
}

export interface Asked {
  calls: { name: string; arguments: Record<string, unknown> }[];
  answer: string;
  messages: OpenAI.ChatCompletionMessageParam[];
}

export interface Asker extends AsyncDisposable {
  client: OpenAI;
  /** Asks as the worker does, until there is an answer: answers are streamed, results are marked as data. */
  ask(question: string, tools: readonly OfferedTool[], before?: OpenAI.ChatCompletionMessageParam[]): Promise<Asked>;
}

/** Rounds after which a test gives up. */
const maxRounds = 8;

/** A running offline model and the real client library in front of it. */
export async function startAsker(): Promise<Asker> {
  const model = await startOfflineModel();
  const client = new OpenAI({ baseURL: model.url, apiKey: 'none', maxRetries: 0 });
  return { client, ask: (...args) => ask(client, ...args), [Symbol.asyncDispose]: () => model[Symbol.asyncDispose]() };
}

async function ask(
  client: OpenAI,
  question: string,
  tools: readonly OfferedTool[],
  before: OpenAI.ChatCompletionMessageParam[] = [{ role: 'system', content: 'You are Dragoman.' }],
): Promise<Asked> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [...before, { role: 'user', content: `Ada: ${question}` }];
  const calls: Asked['calls'] = [];
  for (let round = 0; round < maxRounds; round += 1) {
    const stream = client.chat.completions.stream({ model: 'offline', messages, tools: tools.map(wireTool) });
    const message = (await stream.finalChatCompletion()).choices[0]!.message;
    messages.push(message);
    const wanted = (message.tool_calls ?? []).filter((call) => call.type === 'function');
    if (wanted.length === 0) return { calls, answer: message.content ?? '', messages };
    for (const { id, function: called } of wanted) {
      const args = JSON.parse(called.arguments) as Record<string, unknown>;
      calls.push({ name: called.name, arguments: args });
      const text = await tools.find((tool) => tool.wire.name === called.name)!.answer(args);
      const content = `<data-5e1f00aa12bc from="${called.name}">\n${text}\n</data-5e1f00aa12bc>`;
      messages.push({ role: 'tool', tool_call_id: id, content });
    }
  }
  throw new Error(`no answer after ${maxRounds} rounds: ${JSON.stringify(calls)}`);
}

function wireTool({ wire }: OfferedTool): OpenAI.ChatCompletionFunctionTool {
  const { name, description = '', inputSchema } = wire;
  return { type: 'function', function: { name, description, parameters: inputSchema } };
}

/** A real tool that runs for real. */
export function realTool(tool: AnyTool): OfferedTool {
  return {
    wire: tool.wire,
    async answer(args) {
      const result = await tool.call(args, { signal: new AbortController().signal, progress: () => undefined });
      const [content] = result.content;
      return content?.type === 'text' ? content.text : '';
    },
  };
}

/** A real tool's wire form with the test's own answer. */
export function playedTool(tool: AnyTool, text: string): OfferedTool {
  return { wire: tool.wire, answer: () => text };
}

/** `current_time` with an answer of its own. */
export const clock: OfferedTool = {
  wire: {
    name: 'current_time',
    description: 'The present date, time and weekday, in UTC or in a time zone.',
    inputSchema: {
      type: 'object',
      properties: { timezone: { type: 'string', description: 'IANA name such as Europe/Berlin; UTC when left out' } },
    },
  },
  answer: ({ timezone = 'UTC' }) => `2026-11-21T17:16:40+09:00 (Saturday, ${String(timezone)})`,
};

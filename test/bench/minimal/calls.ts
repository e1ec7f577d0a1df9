import { createParser } from 'eventsource-parser';
import { Pool } from 'undici';

/** One message of a conversation with the model. */
export interface Message {
  role: string;
  content: string;
  tool_call_id?: string;
  tool_calls?: unknown[];
}

/** What the model answered: text, or a call of a tool. */
export interface ModelAnswer {
  text: string;
  call?: { id: string; name: string; arguments: string };
}

interface Chunk {
  choices: {
    delta: { content?: string; tool_calls?: { id?: string; function: { name?: string; arguments?: string } }[] };
  }[];
}

/** The two HTTP calls of a run, made by a bare client. */
export interface Calls {
  /** Gets one streamed answer of the model; `onText` gets its pieces. Rejects for any status but 200. */
  ask(messages: Message[], onText?: (text: string) => void): Promise<ModelAnswer>;
  /** Calls a tool once. `key` is the same for each attempt, for a tool that remembers keys. */
  callTool(name: string, args: string, key?: string): Promise<ToolAnswer>;
  close(): Promise<void>;
}

/** Connection pools for the model and for the tool's server. */
export function connectCalls(modelUrl: string, toolUrl: string): Calls {
  const model = new Pool(new URL(modelUrl).origin, { connections: 256 });
  const tool = new Pool(new URL(toolUrl).origin, { connections: 64 });
  return {
    ask: (messages, onText = () => undefined) => askModel(model, messages, onText),
    callTool: (name, args, key) => callTool(tool, name, args, key),
    async close() {
      await Promise.all([model.close(), tool.close()]);
    },
  };
}

/** The conversation with the model's call and the tool's result added. */
export function withResult(messages: Message[], { text, call }: ModelAnswer, result: string): Message[] {
  const { id, name, arguments: args } = call ?? { id: '', name: '', arguments: '' };
  const asked = [{ id, type: 'function', function: { name, arguments: args } }];
  return [
    ...messages,
    { role: 'assistant', content: text, tool_calls: asked },
    { role: 'tool', tool_call_id: id, content: result },
  ];
}

async function askModel(model: Pool, messages: Message[], onText: (text: string) => void): Promise<ModelAnswer> {
  const tools = [
    {
      type: 'function',
      function: { name: 'read_file', description: 'Read', parameters: { type: 'object', properties: {} } },
    },
  ];
  const { body, statusCode } = await model.request({
    path: '/v1/chat/completions',
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer x' },
    body: JSON.stringify({ model: 'bench', messages, tools, stream: true, stream_options: { include_usage: true } }),
  });
  if (statusCode !== 200) throw new Error(`model answered ${statusCode}: ${await body.text()}`);
  const answer: ModelAnswer = { text: '' };
  const parser = createParser({
    onEvent({ data }) {
      if (data === '[DONE]') return;
      const delta = (JSON.parse(data) as Chunk).choices[0]?.delta;
      if (delta?.content) {
        answer.text += delta.content;
        onText(delta.content);
      }
      for (const part of delta?.tool_calls ?? []) {
        answer.call ??= { id: part.id ?? '', name: part.function.name ?? '', arguments: '' };
        answer.call.arguments += part.function.arguments ?? '';
      }
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of body) parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
  return answer;
}

export interface ToolAnswer {
  text: string;
  /** Milliseconds, for the comparison: of the whole call, and of the tool itself as its server says. */
  callMs: number;
  toolMs: number;
}

async function callTool(tool: Pool, name: string, args: string, key?: string): Promise<ToolAnswer> {
  const start = performance.now();
  const { body, headers } = await tool.request({
    path: '/mcp',
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: JSON.parse(args) as unknown },
    }),
  });
  const { result } = (await body.json()) as { result: { content: { text: string }[] } };
  const toolMs = Number(String(headers['server-timing']).split('dur=')[1]);
  return { text: result.content[0]?.text ?? '', callMs: performance.now() - start, toolMs };
}

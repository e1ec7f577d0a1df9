// The hand-written minimal pipeline that the product is measured against: BullMQ, two streamed model calls through a
// bare HTTP client, one tool call between them, three journal writes, text coalesced at 25 ms. No policy, no checks,
// no recovery: what is left is the price of the way itself.
import { Worker, type Job } from 'bullmq';
import { createParser } from 'eventsource-parser';
import { Redis } from 'ioredis';
import { Pool } from 'undici';

const { REDIS_URL = '', MODEL_URL = '', TOOL_URL = '', CONCURRENCY = '50' } = process.env;

const redis = new Redis(REDIS_URL, { maxRetriesPerRequest: null });
const model = new Pool(new URL(MODEL_URL).origin, { connections: 256 });
const tool = new Pool(new URL(TOOL_URL).origin, { connections: 64 });
const flushMs = 25;

interface Message {
  role: string;
  content: string;
  tool_call_id?: string;
  tool_calls?: unknown[];
}

interface Answer {
  text: string;
  call?: { id: string; name: string; arguments: string };
}

interface Chunk {
  choices: {
    delta: { content?: string; tool_calls?: { id?: string; function: { name?: string; arguments?: string } }[] };
  }[];
}

async function ask(messages: Message[], onText: (text: string) => void): Promise<Answer> {
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
  const answer: Answer = { text: '' };
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

interface ToolAnswer {
  text: string;
  /** Milliseconds, for the comparison: of the whole call, and of the tool itself as its server says. */
  callMs: number;
  toolMs: number;
}

async function callTool(name: string, args: string): Promise<ToolAnswer> {
  const start = performance.now();
  const { body, headers } = await tool.request({
    path: '/mcp',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
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

async function run(job: Job<{ id: string; text: string; reply: string }>): Promise<void> {
  const { id, text, reply } = job.data;
  const journal = `{bench}:run:${id}`;
  let buffered = '';
  let timer: NodeJS.Timeout | undefined;
  let first = true;
  const flush = () => {
    timer = undefined;
    if (buffered === '') return;
    void redis.xadd(reply, 'MAXLEN', '~', 10_000, '*', 'id', id, 'text', buffered);
    buffered = '';
  };
  const onText = (piece: string) => {
    buffered += piece;
    if (first) flush();
    else timer ??= setTimeout(flush, flushMs);
    first = false;
  };
  const messages: Message[] = [{ role: 'user', content: text }];
  let called: ToolAnswer | undefined;
  let answer = await ask(messages, onText);
  if (answer.call) {
    await redis.hset(journal, 'answer:0', JSON.stringify(answer));
    called = await callTool(answer.call.name, answer.call.arguments);
    await redis.hset(journal, 'result:0', called.text);
    messages.push(
      {
        role: 'assistant',
        content: answer.text,
        tool_calls: [
          {
            id: answer.call.id,
            type: 'function',
            function: { name: answer.call.name, arguments: answer.call.arguments },
          },
        ],
      },
      { role: 'tool', tool_call_id: answer.call.id, content: called.text },
    );
    answer = await ask(messages, onText);
  }
  await redis.hset(journal, 'answer:1', JSON.stringify(answer));
  clearTimeout(timer);
  flush();
  const { callMs = 0, toolMs = 0 } = called ?? {};
  const times = ['callMs', callMs, 'toolMs', toolMs];
  await redis.xadd(reply, 'MAXLEN', '~', 10_000, '*', 'id', id, 'end', answer.text, ...times);
}

const worker = new Worker('bench', run, {
  connection: redis,
  prefix: '{bench}',
  concurrency: Number(CONCURRENCY),
  removeOnComplete: { count: 0 },
});
await worker.waitUntilReady();
process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
process.once('SIGTERM', () => {
  void worker.close().then(async () => {
    redis.disconnect();
    await Promise.all([model.close(), tool.close()]);
  });
});

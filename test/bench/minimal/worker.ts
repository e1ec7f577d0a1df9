// The hand-written minimal pipeline that the product is measured against: BullMQ, two streamed model calls through a
// bare HTTP client, one tool call between them, three journal writes, text coalesced at 25 ms. It has no policy, checks
// or recovery, so it shows the least that this way can cost.
import { Worker, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import { connectCalls, withResult, type Message, type ToolAnswer } from './calls.ts';

const { REDIS_URL = '', MODEL_URL = '', TOOL_URL = '', CONCURRENCY = '50' } = process.env;

const redis = new Redis(REDIS_URL, { maxRetriesPerRequest: null });
const calls = connectCalls(MODEL_URL, TOOL_URL);
const flushMs = 25;

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
  let messages: Message[] = [{ role: 'user', content: text }];
  let called: ToolAnswer | undefined;
  let answer = await calls.ask(messages, onText);
  if (answer.call) {
    await redis.hset(journal, 'answer:0', JSON.stringify(answer));
    called = await calls.callTool(answer.call.name, answer.call.arguments);
    await redis.hset(journal, 'result:0', called.text);
    messages = withResult(messages, answer, called.text);
    answer = await calls.ask(messages, onText);
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
    await calls.close();
  });
});

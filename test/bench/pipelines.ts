import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { createFollower } from '#shared/run/follower.ts';
import { createQueues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { acceptRun } from '#shared/run/accept.ts';
import { startProcess } from './processes.ts';

/** What one run took, in milliseconds. */
export interface Answer {
  /** From enqueueing to the last text. */
  ms: number;
  /** The part of it that the tool itself took to read its file. */
  toolMs: number;
  /** The rest of the tool call: the way to the tool's server and back. */
  toolOverheadMs: number;
}

/** One of the two compared ways. A question goes in; the times come out once the answer has been read. */
export interface Pipeline extends AsyncDisposable {
  name: string;
  pids: { worker: number; tool: number };
  /** Rejects when the answer is not the expected one. */
  ask(text: string): Promise<Answer>;
}

export interface Backends {
  redisUrl: string;
  modelUrl: string;
  workspace: string;
  /** The last words of every right answer. */
  expected: string;
}

const concurrency = '220';

/** The minimal pipeline of `minimal/`, driven over one reply stream and one blocking reader. */
export async function startMinimal(backends: Backends): Promise<Pipeline> {
  const isReady = (line: Record<string, unknown>) => line['ready'] === true;
  const tool = await startProcess('test/bench/minimal/tool.ts', { FILESYSTEM_ROOT: backends.workspace }, isReady);
  const worker = await startProcess(
    'test/bench/minimal/worker.ts',
    {
      REDIS_URL: backends.redisUrl,
      MODEL_URL: backends.modelUrl,
      TOOL_URL: String(tool.ready['url']),
      CONCURRENCY: concurrency,
    },
    isReady,
  );
  const redis = new Redis(backends.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue('bench', { connection: redis, prefix: '{bench}' });
  const replies = readReplies(backends.redisUrl);
  return {
    name: 'minimal',
    pids: { worker: worker.pid, tool: tool.pid },
    async ask(text) {
      const id = randomUUID();
      const start = performance.now();
      const ended = replies.wait(id);
      await queue.add('run', { id, text, reply: replies.key }, { jobId: id, removeOnComplete: true });
      const end = await ended;
      const ms = performance.now() - start;
      checkAnswer(end.text, backends.expected);
      return { ms, toolMs: end.toolMs, toolOverheadMs: end.callMs - end.toolMs };
    },
    async [Symbol.asyncDispose]() {
      replies.stop();
      await queue.close();
      redis.disconnect();
      await worker[Symbol.asyncDispose]();
      await tool[Symbol.asyncDispose]();
    },
  };
}

interface End {
  text: string;
  callMs: number;
  toolMs: number;
}

function readReplies(redisUrl: string) {
  const key = `{bench}:replies:${randomUUID()}`;
  const reader = new Redis(redisUrl, { maxRetriesPerRequest: null });
  const waiting = new Map<string, (end: End) => void>();
  let stopped = false;
  void (async () => {
    let last = '0';
    // oxlint-disable-next-line no-unmodified-loop-condition -- stop() sets it
    while (!stopped) {
      const rows = await reader.xread('COUNT', 500, 'BLOCK', 5_000, 'STREAMS', key, last).catch(() => null);
      for (const [place, fields] of rows?.[0]?.[1] ?? []) {
        last = place;
        if (fields[2] !== 'end') continue;
        const [, id = '', , text = '', , callMs, , toolMs] = fields;
        waiting.get(id)?.({ text, callMs: Number(callMs), toolMs: Number(toolMs) });
        waiting.delete(id);
      }
    }
  })();
  return {
    key,
    wait: (id: string) => new Promise<End>((resolve) => void waiting.set(id, resolve)),
    stop() {
      stopped = true;
      reader.disconnect();
    },
  };
}

const signingKey = 'bench'.padEnd(40, '-');

/** The product: its worker and a tool-runner as processes, driven as a door drives them. */
export async function startProduct(backends: Backends): Promise<Pipeline> {
  const isReady = (line: Record<string, unknown>) => line['msg'] === 'ready';
  const common = {
    REDIS_URL: backends.redisUrl,
    DRAGOMAN_SIGNING_KEY: signingKey,
    METRICS_PORT: '0',
    METRICS_HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
  };
  const runner = await startProcess(
    'services/tool-runner/main.ts',
    {
      ...common,
      MCP_SERVER: 'filesystem',
      PORT: '0',
      HOST: '127.0.0.1',
      FILESYSTEM_ROOT: backends.workspace,
      CONCURRENCY: '1000',
    },
    isReady,
  );
  const { mcp } = runner.ready['addresses'] as { mcp: string };
  const worker = await startProcess(
    'services/worker/main.ts',
    {
      ...common,
      LITELLM_API_BASE: `${backends.modelUrl}/v1`,
      LITELLM_API_KEY: 'sk-bench',
      MODEL_NAME: 'bench',
      WORKER_CONCURRENCY: concurrency,
      MCP_SERVERS_FILE: 'test/bench/servers.json',
      TOOL_RUNNERS: `filesystem=${mcp}`,
    },
    isReady,
  );
  const redis = connectRedis(backends.redisUrl, 'bench');
  const queues = createQueues(redis);
  const follower = createFollower(redis, backends.redisUrl);
  return {
    name: 'dragoman',
    pids: { worker: worker.pid, tool: runner.pid },
    async ask(text) {
      const id = randomUUID();
      const start = performance.now();
      await acceptRun(
        { redis, queues },
        { id, conversation: id, text, caller: { kind: 'terminal', id: id.slice(0, 8) } },
      );
      let answer = '';
      let toolMs = 0;
      let toolOverheadMs = 0;
      for await (const event of follower.follow(id)) {
        if (event.kind !== 'entry') continue;
        if (event.entry.type === 'run.ended') answer = event.entry.text;
        if (event.entry.type !== 'tool.finished') continue;
        toolOverheadMs = event.entry.overheadMs ?? 0;
        toolMs = Math.max(0, event.entry.durationMs - toolOverheadMs);
      }
      const ms = performance.now() - start;
      checkAnswer(answer, backends.expected);
      return { ms, toolMs, toolOverheadMs };
    },
    async [Symbol.asyncDispose]() {
      await follower[Symbol.asyncDispose]();
      await queues[Symbol.asyncDispose]();
      redis.disconnect();
      await worker[Symbol.asyncDispose]();
      await runner[Symbol.asyncDispose]();
    },
  };
}

/** @throws Error when it does not end as every right answer does */
export function checkAnswer(answer: string, expected: string): void {
  if (!answer.endsWith(expected)) throw new Error(`wrong answer: ${answer.slice(0, 200)}`);
}

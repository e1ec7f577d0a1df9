import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPlayground, type Playground } from '#services/playground/start.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import { startProcess } from './processes.ts';
import { percentile, table } from './stats.ts';

const CONVERSATIONS = 100;
const PIECES = 40;
const PIECE_MS = 100;
const LAST = `word${PIECES - 1}`;

const text = Array.from({ length: PIECES }, (_, piece) => `word${piece}`.padEnd(7)).join(' ');
const rules = { rules: [{ match: '.', turns: [{ text, chunkSize: 8, chunkDelayMs: PIECE_MS }] }] };

interface Asked {
  channel: string;
  at: number;
  finishedMs: number;
}

const isReady = (line: Record<string, unknown>) => line['msg'] === 'ready';

/** A hundred conversations at once through a real ingress and a real worker, under Discord's rate limits. Returns a table. */
export async function measureFirstSign(isQuick: boolean, say: (text: string) => void): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-bench-'));
  await writeFile(path.join(folder, 'rules.json'), JSON.stringify(rules));
  await using redis = await startTestRedis({ durable: true });
  await using model = await startProcess(
    'test/model/main.ts',
    { PLAYED_MODEL_RULES: path.join(folder, 'rules.json') },
    (line) => line['ready'] === true,
  );
  await using playground = await startPlayground();
  const common = { REDIS_URL: redis.url, METRICS_PORT: '0', METRICS_HOST: '127.0.0.1' };
  await using _worker = await startProcess(
    'services/worker/main.ts',
    {
      ...common,
      DRAGOMAN_SIGNING_KEY: 'bench'.padEnd(40, '-'),
      LITELLM_API_BASE: String(model.ready['url']),
      LITELLM_API_KEY: 'sk-bench',
      MODEL_NAME: 'bench',
      WORKER_CONCURRENCY: String(CONVERSATIONS),
      MCP_SERVERS_FILE: 'test/bench/servers.json',
      TOOL_RUNNERS: 'filesystem=http://127.0.0.1:1/mcp',
    },
    isReady,
  );
  const channels = Array.from({ length: CONVERSATIONS }, (_, index) =>
    playground.controls.addChannel({ name: `talk-${index}` }),
  );
  const people = channels.map((_, index) => playground.controls.addPerson({ name: `Person${index}` }));
  await using _ingress = await startProcess(
    'services/ingress/main.ts',
    { ...common, DISCORD_TOKEN: playground.token, DISCORD_API_BASE: playground.url },
    isReady,
  );
  const rows = [
    ['conversations begin', 'first sign p50', 'p99', 'first words p50', 'p99', 'whole answer p50', 'p99', '429'],
  ];
  for (const spreadMs of isQuick ? [0] : [10_000, 3_000, 0]) {
    say(`${CONVERSATIONS} conversations, ${begin(spreadMs)}`);
    rows.push(await round(playground, channels, people, spreadMs));
  }
  await rm(folder, { recursive: true });
  return `${CONVERSATIONS} conversations, each streamed for ${(PIECES * PIECE_MS) / 1_000} s\n${table(rows)}`;
}

function begin(spreadMs: number): string {
  return spreadMs === 0 ? 'in one moment' : `within ${spreadMs / 1_000} s`;
}

async function round({ controls, botId }: Playground, channels: string[], people: string[], spreadMs: number) {
  // The last reactions of the round before are still on their way.
  await sleep(10_000);
  controls.clearRequests();
  const asked = await Promise.all(
    channels.map(async (channel, index): Promise<Asked> => {
      await sleep((spreadMs * index) / CONVERSATIONS);
      const { id } = controls.say({ channel, author: people[index] ?? 'Ada', content: `<@${botId}> hello` });
      const at = Date.now();
      const stands = () =>
        controls
          .messages(channel)
          .some(({ content, author, replyTo }) => author.bot && replyTo === id && content.includes(LAST));
      await controls.until(stands, 180_000);
      return { channel, at, finishedMs: Date.now() - at };
    }),
  );
  const requests = controls.requests();
  const firstOf = (isOne: (path: string) => boolean) =>
    asked.map(({ channel, at }) => {
      const found = requests.find(
        ({ path: to, method }) => method === 'POST' && to.startsWith(`/channels/${channel}/`) && isOne(to),
      );
      return found ? found.at - at : Number.NaN;
    });
  const signs = firstOf(() => true);
  const words = firstOf((to) => to.endsWith('/messages'));
  const whole = asked.map(({ finishedMs }) => finishedMs);
  const refused = requests.filter(({ status }) => status === 429);
  return [begin(spreadMs), ...[signs, words, whole].flatMap(both), String(refused.length)];
}

function both(values: number[]): string[] {
  return [0.5, 0.99].map((share) => `${Math.round(percentile(values, share))} ms`);
}

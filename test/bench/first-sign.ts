// node test/bench/first-sign.ts: a hundred conversations at once through the real ingress, under Discord's rate limits.
import { setTimeout as sleep } from 'node:timers/promises';
import { createQueues, type Queues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { discordRunId } from '#shared/run/request.ts';
import { startPlayground, type Playground } from '#services/playground/start.ts';
import { playWorker } from '#test/discord/played-worker.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import { startProcess } from './processes.ts';
import { percentile, table } from './stats.ts';

const conversations = 100;
const pieces = 40;
const pieceMs = 100;

interface Asked {
  id: string;
  channel: string;
  at: number;
}

await using redisServer = await startTestRedis({ durable: true });
await using playground = await startPlayground();
const redis = connectRedis(redisServer.url, 'bench');
await using queues = createQueues(redis);
const channels = Array.from({ length: conversations }, (_, index) =>
  playground.controls.addChannel({ name: `talk-${index}` }),
);
const people = channels.map((_, index) => playground.controls.addPerson({ name: `Person${index}` }));
await using ingress = await startProcess(
  'services/ingress/main.ts',
  {
    REDIS_URL: redisServer.url,
    DISCORD_TOKEN: playground.token,
    DISCORD_API_BASE: playground.url,
    METRICS_PORT: '0',
    METRICS_HOST: '127.0.0.1',
  },
  (line) => line['msg'] === 'ready',
);
const rows = [
  [
    'conversations begin',
    'first sign p50',
    'p99',
    'whole answer p50',
    'p99',
    'edits a second and channel, most',
    '429',
  ],
];
for (const spreadMs of [10_000, 3_000, 0]) rows.push(await round(playground, queues, spreadMs));
process.stdout.write(
  `${conversations} conversations, each streamed for ${(pieces * pieceMs) / 1_000} s; ingress pid ${ingress.pid}\n`,
);
process.stdout.write(`${table(rows)}\n`);
redis.disconnect();

async function round({ controls, botId }: Playground, into: Queues, spreadMs: number): Promise<string[]> {
  // The last marks of the previous round are still on their way.
  await sleep(10_000);
  controls.clearRequests();
  const finished: number[] = [];
  const asked = await Promise.all(
    channels.map(async (channel, index): Promise<Asked> => {
      await sleep((spreadMs * index) / conversations);
      const { id } = controls.say({ channel, author: people[index] ?? 'Ada', content: `<@${botId}> hello` });
      const at = Date.now();
      finished.push(await answer(into, id, channel, at));
      return { id, channel, at };
    }),
  );
  const requests = controls.requests();
  const signs = asked.map(({ channel, at }) => {
    const first = requests.find(({ path, method }) => method === 'POST' && path.startsWith(`/channels/${channel}/`));
    return first ? first.at - at : Number.NaN;
  });
  const refused = requests.filter(({ status }) => status === 429);
  for (const { method, path, at } of refused) process.stderr.write(`429 ${method} ${path} at ${at % 100_000}\n`);
  const edits = asked.map(({ channel }) => mostPerSecond(requests, channel));
  return [
    spreadMs === 0 ? 'in one moment' : `within ${spreadMs / 1_000} s`,
    ms(percentile(signs, 0.5)),
    ms(percentile(signs, 0.99)),
    ms(percentile(finished, 0.5)),
    ms(percentile(finished, 0.99)),
    String(Math.max(...edits)),
    String(refused.length),
  ];
}

/** Plays the worker. Returns how many milliseconds pass until the whole answer stands. */
async function answer(into: Queues, id: string, channel: string, at: number): Promise<number> {
  const run = await playWorker(redis, into, discordRunId(id), 60_000);
  let text = '';
  for (let piece = 0; piece < pieces; piece += 1) {
    text += `word${piece} `;
    await run.write(`word${piece} `);
    await sleep(pieceMs);
  }
  await run.answered(text);
  await run.end(text);
  const stands = () =>
    playground.controls.messages(channel).some(({ content, author }) => author.bot && content.includes(run.id));
  await playground.controls.until(stands, 120_000);
  return Date.now() - at;
}

function mostPerSecond(requests: ReturnType<Playground['controls']['requests']>, channel: string): number {
  const times = requests
    .filter(({ method, path }) => method === 'PATCH' && path.startsWith(`/channels/${channel}/messages/`))
    .map(({ at }) => at);
  // The last edit is left out: the end is shown at once and may closely follow the last streamed edit.
  const streamed = times.slice(0, -1);
  return Math.max(0, ...streamed.map((from) => streamed.filter((time) => time >= from && time < from + 1_000).length));
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

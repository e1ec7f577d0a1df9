// node test/bench/discord-soak.ts [seconds] [seed] [share of trouble]: floods, cut connections, lost sessions, failing
// requests and restarts against the real ingress. Every question must get one answer, and memory must not grow.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createQueues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { discordRunId } from '#shared/run/request.ts';
import { startPlayground } from '#services/playground/start.ts';
import { playWorker } from '#test/discord/played-worker.ts';
import { startTestRedis } from '#test/lib/redis.ts';
import { startProcess, type Started } from './processes.ts';

const seconds = Number(process.argv[2] ?? 120);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const perSecond = 6;
/** The share of questions that are followed by trouble. */
const troubleShare = Number(process.argv[4] ?? 0.02);
const random = createRandom(seed);

await using redisServer = await startTestRedis({ durable: true });
await using playground = await startPlayground({ rateLimits: false, heartbeatIntervalMs: 2_000 });
const { controls } = playground;
const redis = connectRedis(redisServer.url, 'soak');
await using queues = createQueues(redis);
const channels = Array.from({ length: 20 }, (_, index) => controls.addChannel({ name: `talk-${index}` }));
const people = Array.from({ length: 40 }, (_, index) => controls.addPerson({ name: `Person${index}` }));

const hits = { cut: 0, reconnect: 0, invalid: 0, stop: 0, kill: 0 };
const asked: { id: string; channel: string; answered: Promise<void> }[] = [];
const memory: number[] = [];
let ingress = await startIngress();
const ends = Date.now() + seconds * 1_000;
const half = Date.now() + seconds * 500;

controls.inject({ route: 'POST /channels/*/messages', chance: 0.05, times: 1e9, status: 500, afterStore: true });
controls.inject({ route: 'PATCH /channels/*/messages/*', chance: 0.05, times: 1e9, status: 502 });
controls.injectEvent({ kind: 'duplicate', t: 'MESSAGE_CREATE', chance: 0.05 });
while (Date.now() < ends) {
  ask();
  if (random() < troubleShare) await trouble();
  await sleep(1_000 / perSecond);
  // The second half has no restarts, so that the memory of one process can be watched.
  if (Date.now() > half) memory.push(residentMb(ingress.pid));
}
const late = new Promise<'late'>((resolve) => setTimeout(resolve, 120_000, 'late').unref());
await Promise.race([Promise.allSettled(asked.map(({ answered }) => answered)), late]);
controls.clearFaults();
await sleep(15_000);
report();
await ingress[Symbol.asyncDispose]();
redis.disconnect();

function startIngress(): Promise<Started> {
  const environment = {
    REDIS_URL: redisServer.url,
    DISCORD_TOKEN: playground.token,
    DISCORD_API_BASE: playground.url,
    DISCORD_MAX_PENDING: '1000',
    DISCORD_BURST_MS: '0',
    // A small heap is collected often, so what still grows is a leak.
    NODE_OPTIONS: '--max-old-space-size=80 --max-semi-space-size=4',
    METRICS_PORT: '0',
    METRICS_HOST: '127.0.0.1',
    LOG_LEVEL: 'warn',
  };
  return startProcess(
    'services/ingress/main.ts',
    { ...environment, LOG_LEVEL: 'info' },
    (line) => line['msg'] === 'ready',
  );
}

function ask(): void {
  const channel = pick(channels);
  const { id } = controls.say({ channel, author: pick(people), content: `<@${playground.botId}> hello` });
  asked.push({ id, channel, answered: answer(id) });
}

async function answer(id: string): Promise<void> {
  const run = await playWorker(redis, queues, discordRunId(id), 180_000);
  const text = `An answer to ${id}. `.repeat(1 + Math.floor(random() * 150));
  await run.write(text.slice(0, 200));
  await sleep(random() * 3_000);
  await run.answered(text);
  await run.end(text);
}

async function trouble(): Promise<void> {
  const kind = random();
  if (kind < 0.35) hits.cut += Math.sign(controls.cut());
  else if (kind < 0.55) hits.reconnect += Math.sign(controls.reconnect());
  else if (kind < 0.7) hits.invalid += Math.sign(controls.invalidate(false));
  else if (Date.now() < half) await restart(kind < 0.85);
}

async function restart(kill: boolean): Promise<void> {
  hits[kill ? 'kill' : 'stop'] += 1;
  process.stderr.write(`${new Date().toISOString()} ${kill ? 'SIGKILL' : 'SIGTERM'}\n`);
  if (kill) process.kill(ingress.pid, 'SIGKILL');
  await ingress[Symbol.asyncDispose]();
  ask();
  ingress = await startIngress();
}

/** Only the messages in the channels count. */
function report(): void {
  const lost: string[] = [];
  const twice: string[] = [];
  const cutShort: string[] = [];
  for (const { id, channel } of asked) {
    const answers = controls.messages(channel).filter(({ author, replyTo }) => author.bot && replyTo === id);
    if (answers.length === 0) lost.push(id);
    if (answers.length > 1) twice.push(id);
    const [first] = answers;
    const whole = controls
      .messages(channel)
      .some(({ content, author }) => author.bot && content.includes(discordRunId(id)));
    if (first && !whole) cutShort.push(id);
  }
  const [begin = 0] = memory;
  const rows = {
    seed,
    questions: asked.length,
    ...hits,
    faults: controls.faultHits(),
    lost: lost.length,
    answeredTwice: twice.length,
    unfinished: cutShort.length,
    memoryMb: { begin, end: memory.at(-1), most: Math.max(...memory) },
  };
  process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  for (const id of [...lost, ...twice, ...cutShort]) {
    const { timestamp, channelId } = controls.message(id);
    const after = controls.messages(channelId).filter(({ replyTo }) => replyTo === id);
    process.stderr.write(
      `look at ${id} of ${timestamp}: ${after.map(({ content }) => content.slice(0, 100)).join(' | ')}\n`,
    );
  }
  if (lost.length + twice.length + cutShort.length > 0) process.exitCode = 1;
}

function residentMb(pid: number): number {
  const [, kb = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kb) / 1_024);
}

function pick<T>(items: readonly T[]): T {
  return items[Math.floor(random() * items.length)] as T;
}

/** Random numbers from 0 to 1, the same for the same seed (mulberry32). */
function createRandom(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createApiKey } from '#shared/rights/api-keys.ts';
import { keys } from '#shared/redis/keys.ts';
import { freePort } from '#test/lib/ports.ts';
import { startServiceProcess, type ServiceProcess } from '#test/lib/service-process.ts';
import { mark } from '#test/model/turn.ts';
import { startWorkerProcess, type WorkerProcess } from '#test/worker/worker-process.ts';
import { startRig } from '#test/worker/rig.ts';
import { readEvents } from './sse.ts';

/** KILL_CLIENTS=40 npm test -- api/kills plays with fewer. */
const clients = Number(process.env['KILL_CLIENTS'] ?? 200);
const words = Array.from({ length: 30 }, (_, index) => `word${index}`).join(' ');

test('kill -9 of the door, the workers and Redis under streams: every client gets its answer, each run once', async () => {
  await using folder = await temporaryFolder();
  const witness = path.join(folder.path, 'tools.jsonl');
  await using rig = await startRig({ durable: true });
  rig.model.script('answer', [
    { toolCalls: [{ name: 'look', arguments: {} }], delayMs: 100 },
    { text: words, chunkSize: 12, chunkDelayMs: 2_000 },
  ]);
  const { key } = await createApiKey(rig.redis, { name: 'clients', roles: ['member'] });
  const port = await freePort();
  const door = () =>
    startServiceProcess('services/api/main.ts', {
      REDIS_URL: rig.server.url,
      LITELLM_API_BASE: rig.model.url,
      MODEL_NAME: 'default',
      API_PORT: String(port),
      API_MAX_PENDING: '1000',
      API_STREAMS_PER_KEY: '1000',
      API_REQUESTS_PER_MINUTE: '1000000',
    });
  const worker = () =>
    startWorkerProcess({
      REDIS_URL: rig.server.url,
      LITELLM_API_BASE: rig.model.url,
      DRAGOMAN_SIGNING_KEY: 'k'.repeat(32),
      TOOL_WITNESS: witness,
      WORKER_CONCURRENCY: '100',
    });
  await using victims = new Victims(await door(), await worker(), await worker());

  let tries = 0;
  const open = new Set<number>();
  let done = 0;
  const killed: Record<string, number> = {};
  /** Waits until nearly all clients without an answer have a stream, and notes how many have one when somebody is killed. */
  async function underStreams(what: string): Promise<void> {
    while (open.size < (clients - done) * 0.95) await sleep(20);
    killed[what] = open.size;
  }
  /** A client as docs/http-api.md describes it: it asks again with the same key until the stream ends in order. */
  async function ask(index: number): Promise<string> {
    for (;;) {
      tries += 1;
      const text = await askOnce(index).catch(() => undefined);
      if (text !== undefined) {
        done += 1;
        return text;
      }
      await sleep(200);
    }
  }

  async function askOnce(index: number): Promise<string | undefined> {
    const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': `client-${index}`,
      },
      body: JSON.stringify({
        model: 'default',
        stream: true,
        messages: [{ role: 'user', content: mark('answer', `Question ${index}.`) }],
      }),
    });
    if (!response.ok) return undefined;
    open.add(index);
    const events = await readEvents(response).finally(() => open.delete(index));
    if (events.at(-1)?.data !== '[DONE]') return undefined;
    return events.map(({ data }) => data.choices?.[0]?.delta?.content ?? '').join('');
  }

  const answers = Promise.all(
    Array.from({ length: clients }, async (_, index) => {
      await sleep(index * 10);
      return ask(index);
    }),
  );
  await underStreams('door');
  await victims.killDoor(door);
  await underStreams('workers');
  await victims.killWorkers(worker);
  await underStreams('Redis');
  await rig.server.kill();
  await rig.server.start();
  await underStreams('door again');
  await victims.killDoor(door);

  const texts = await answers;
  const begun = '[The answer was interrupted and begins again.]';
  expect(texts.map((text) => text.split(begun).at(-1)?.trim())).toEqual(texts.map(() => words));
  expect(tries).toBeGreaterThan(clients);
  const runs = await rig.redis.zrange(keys.recent, '0', '-1');
  const ended = await Promise.all(runs.map((run) => rig.ended(run)));
  const right = ended.filter(({ outcome, text }) => outcome === 'answered' && text === words).length;
  console.log(
    `${clients} clients, ${tries} requests; streams open at each kill: ${JSON.stringify(killed)}; ` +
      `${runs.length} runs, ${right} answered whole: ${clients - right} lost, ${runs.length - clients} twice`,
  );
  expect(runs).toHaveLength(clients);
  expect(ended.map(({ outcome, text }) => [outcome, text])).toEqual(runs.map(() => ['answered', words]));
}, 400_000);

async function temporaryFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-kills-'));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

class Victims implements AsyncDisposable {
  private door: ServiceProcess;
  private workers: WorkerProcess[];

  constructor(door: ServiceProcess, ...workers: WorkerProcess[]) {
    this.door = door;
    this.workers = workers;
  }

  async killDoor(start: () => Promise<ServiceProcess>): Promise<void> {
    process.kill(this.door.pid, 'SIGKILL');
    await this.door.ended();
    this.door = await start();
  }

  async killWorkers(start: () => Promise<WorkerProcess>): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.kill()));
    this.workers = await Promise.all(this.workers.map(start));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.door.stop().catch(() => undefined);
    for (const worker of this.workers) await worker.kill();
  }
}

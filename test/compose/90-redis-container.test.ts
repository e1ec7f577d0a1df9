import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { errorText } from '#shared/ground/errors.ts';
import { readJournal } from '#shared/run/journal.ts';
import { keys } from '#shared/redis/keys.ts';
import { createQueues, type Queues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { readMemory } from '#shared/redis/memory.ts';
import { acceptRun } from '#shared/run/accept.ts';
import { readRun } from '#shared/run/record.ts';
import type { TestRedis } from '#test/lib/redis.ts';
import { startProgram } from '#test/lib/stack.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';
import type { Redis } from 'ioredis';
import { startServiceContainer, type ServiceContainer } from './containers.ts';

// Tests the run queue's Redis as compose.yaml has it, in a container of its own: it must keep what is promised.

let container: ServiceContainer;
let server: TestRedis;
let rig: Rig;
/** What a door holds: it refuses at once what Redis does not confirm. */
let door: { redis: Redis; queues: Queues };

beforeAll(async () => {
  container = await startServiceContainer('redis', 6379);
  server = asTestRedis(container);
  rig = await startRig({ server });
  const redis = connectRedis(server.url, 'door', { failFast: true });
  door = { redis, queues: createQueues(redis) };
});
afterAll(async () => {
  await door?.queues[Symbol.asyncDispose]();
  door?.redis.disconnect();
  await (rig ?? container)?.[Symbol.asyncDispose]();
});

test('it asks for the password, writes each change to disk before it confirms, and evicts nothing', async () => {
  const stranger = connectRedis(`redis://127.0.0.1:${container.port}`, 'stranger');
  await expect(stranger.set('a', 'b')).rejects.toThrow('NOAUTH');
  stranger.disconnect();
  const settings = { appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction' };
  for (const [name, value] of Object.entries(settings)) expect(await rig.redis.config('GET', name)).toContain(value);
  expect((await readMemory(rig.redis)).max).toBeGreaterThan(0);
});

test('an accepted run and its job are there after kill -9, and a worker takes it', async () => {
  const runId = await rig.accept('Are you still there?');
  await server.kill();
  await server.start();
  expect(await readRun(rig.redis, runId)).toMatchObject({
    status: 'queued',
    request: { text: 'Are you still there?' },
  });
  expect((await readJournal(rig.redis, runId)).map(({ entry }) => entry.type)).toEqual(['run.accepted']);
  expect((await rig.queues.queue('runs').getJobs()).map((job) => job.id)).toEqual([runId]);
  await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) });
  rig.model.enqueue({ text: 'I am.' });
  expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'I am.' });
});

test('killed while runs come in: each one that was confirmed is answered, once', async () => {
  const confirmed: string[] = [];
  const refused: string[] = [];
  let over = false;
  const coming = Array.from({ length: 4 }, async (_, lane) => {
    // oxlint-disable-next-line no-unmodified-loop-condition -- set below, when Redis has been killed
    for (let count = 0; !over; count += 1) {
      const id = `load-${lane}-${count}`;
      const accepting = acceptRun({ redis: door.redis, queues: door.queues }, requestOf(id));
      await accepting.then(
        () => confirmed.push(id),
        () => refused.push(id),
      );
    }
  });
  await vi.waitUntil(() => confirmed.length >= 40, { timeout: 60_000 });
  await server.kill();
  await vi.waitUntil(() => refused.length > 0, { timeout: 60_000 });
  over = true;
  await server.start();
  await Promise.all(coming);
  const records = await Promise.all(confirmed.map((id) => readRun(rig.redis, id)));
  expect(records.filter((record) => record === undefined)).toEqual([]);
  await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) });
  rig.model.handle(() => ({ text: 'Answered.' }));
  const ends = await Promise.all(confirmed.map((id) => rig.ended(id)));
  expect(ends.filter(({ outcome }) => outcome !== 'answered')).toEqual([]);
  for (const id of confirmed) {
    const types = (await readJournal(rig.redis, id)).map(({ entry }) => entry.type);
    expect(types.filter((type) => type === 'run.ended')).toHaveLength(1);
  }
});

test('full, it refuses what comes and keeps what it has; with room again it takes the same request', async () => {
  const { used } = await readMemory(rig.redis);
  await rig.redis.config('SET', 'maxmemory', used + 4_000_000);
  const { confirmed, id, message } = await fill('x'.repeat(100_000));
  expect(message).toMatch(/^OOM .*used memory > 'maxmemory'/);
  expect(confirmed.length).toBeGreaterThan(0);
  // Nothing of the run is stored: there is no half of a run that nobody would ever answer.
  expect(await readRun(rig.redis, id)).toBeUndefined();
  expect(await readJournal(rig.redis, id)).toEqual([]);
  expect(await rig.redis.zscore(keys.unqueued, id)).toBeNull();
  const records = await Promise.all(confirmed.map((each) => readRun(rig.redis, each)));
  expect(records.filter((record) => record?.request.text.length !== 100_000)).toEqual([]);
  expect(await rig.redis.info('stats')).toMatch(/^evicted_keys:0\r?$/m);

  // A question of six letters could still find room, so the limit goes to 1 byte.
  await rig.redis.config('SET', 'maxmemory', 1);
  const terminal = startProgram('services/cli/main.ts', ['run', 'Hello?'], { env: { REDIS_URL: server.url } });
  onTestFinished(() => terminal.kill('SIGKILL'));
  const asked = await terminal.finished;
  expect(asked).toMatchObject({ code: 1, stdout: '' });
  expect(asked.stderr).toContain('Redis is full and takes nothing new.');

  await rig.redis.config('SET', 'maxmemory', 0);
  expect(await acceptRun({ redis: door.redis, queues: door.queues }, requestOf(id))).toMatchObject({
    runId: id,
    fresh: true,
  });
  expect((await readRun(rig.redis, id))?.status).toBe('queued');
});

/** Sends runs until one is refused. */
async function fill(text: string): Promise<{ confirmed: string[]; id: string; message: string }> {
  const confirmed: string[] = [];
  for (let count = 0; count < 200; count += 1) {
    const id = `full-${count}`;
    try {
      await acceptRun({ redis: door.redis, queues: door.queues }, { ...requestOf(id), text });
      confirmed.push(id);
    } catch (error) {
      return { confirmed, id, message: errorText(error) };
    }
  }
  throw new Error('Redis refused nothing');
}

function requestOf(id: string) {
  return { id, caller: { kind: 'terminal', id: 'tester' } as const, conversation: id, text: 'Hello?' };
}

function asTestRedis(from: ServiceContainer): TestRedis {
  const url = `redis://:${from.secrets['redis']?.['password']}@127.0.0.1:${from.port}`;
  return { ...from, url, pid: () => undefined, alive: () => true };
}

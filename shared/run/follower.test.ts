import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestRedis, type TestRedis } from '#test/lib/redis.ts';
import { createFollower } from './follower.ts';
import { appendEntries } from './journal.ts';
import { keys } from '#shared/redis/keys.ts';
import { createQueues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { claimRun } from './claim.ts';
import { acceptRun } from './accept.ts';
import { publishLive } from './live.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(() => server[Symbol.asyncDispose]());

test('runs that are followed while a read is under way are told without waiting for its end', async () => {
  const redis = connectRedis(server.url, 'test');
  await using queues = createQueues(redis);
  const follower = createFollower(redis, server.url);
  const ids = Array.from({ length: 100 }, () => randomUUID());
  for (const id of ids) {
    await acceptRun({ redis, queues }, { id, conversation: id, text: 'hi', caller: { kind: 'terminal', id: 'ada' } });
  }
  const started = performance.now();
  // The runs join in waves, so that most of them join while a read is blocked.
  for (let at = 0; at < ids.length; at += 10) await Promise.all(ids.slice(at, at + 10).map((id) => first(id)));
  // A read lasts five seconds unless something ends it.
  expect(performance.now() - started).toBeLessThan(15_000);
  const [wake = ''] = await redis.keys(keys.wake('*'));
  expect(await redis.pttl(wake)).toBeGreaterThan(0);
  await follower[Symbol.asyncDispose]();
  redis.disconnect();

  async function first(id: string): Promise<void> {
    for await (const event of follower.follow(id)) {
      expect(event).toMatchObject({ kind: 'entry', entry: { type: 'run.accepted' } });
      return;
    }
  }
});

test('many runs are told of every entry, in order', async () => {
  const redis = connectRedis(server.url, 'test');
  await using queues = createQueues(redis);
  const follower = createFollower(redis, server.url);
  const stories = Array.from({ length: 60 }, async () => {
    const id = randomUUID();
    await acceptRun({ redis, queues }, { id, conversation: id, text: 'hi', caller: { kind: 'terminal', id: 'ada' } });
    const told = keysTold(id, 5);
    await claimRun({ redis, queues }, id, 'w');
    for (let n = 0; n < 5; n += 1) await appendEntries(redis, id, [{ type: 'notice', key: String(n), text: 'x' }]);
    return await told;
  });
  for (const story of await Promise.all(stories)) expect(story).toEqual(['0', '1', '2', '3', '4']);
  await follower[Symbol.asyncDispose]();
  redis.disconnect();

  async function keysTold(id: string, count: number): Promise<string[]> {
    const told: string[] = [];
    for await (const event of follower.follow(id)) {
      if (event.kind === 'entry' && event.entry.type === 'notice') told.push(event.entry.key);
      if (told.length === count) break;
    }
    return told;
  }
});

test.each<[string, string, 'passed over' | 'told']>([
  ['of a kind that only newer versions know', '{"type":"memory.recalled","notes":[1]}', 'passed over'],
  ['with a value that only newer versions know', '{"type":"notice","key":"k","text":7}', 'told'],
  ['without a kind', '[]', 'told'],
  ['that is no JSON', '{"type":"noti', 'told'],
])('an entry %s keeps nobody from the events of other runs', async (_, stored, fate) => {
  const redis = connectRedis(server.url, 'test');
  await using queues = createQueues(redis);
  const follower = createFollower(redis, server.url);
  const ids = Array.from({ length: 30 }, () => randomUUID());
  for (const id of ids) {
    await acceptRun({ redis, queues }, { id, conversation: id, text: 'hi', caller: { kind: 'terminal', id: 'ada' } });
  }
  const odd = ids[7]!;
  const begun = ids.map(() => Promise.withResolvers<void>());
  const told = Promise.allSettled(ids.map((id, index) => story(id, begun[index]!.resolve)));
  await Promise.all(begun.map(({ promise }) => promise));
  // All is written in one step, so that one read brings all of it.
  const all = redis.multi();
  for (const id of ids) {
    all.xadd(keys.journal(id), '*', 'e', JSON.stringify({ type: 'notice', key: 'before', text: 'x' }));
    if (id === odd) all.xadd(keys.journal(id), '*', 'e', stored);
    all.xadd(keys.live(id), '*', 'e', id === odd ? stored : JSON.stringify({ type: 'newer', epoch: 0 }));
    all.xadd(keys.journal(id), '*', 'e', JSON.stringify({ type: 'notice', key: 'after', text: 'x' }));
  }
  await all.exec();
  for (const id of ids) await publishLive(redis, id, { type: 'text', epoch: 0, step: 0, text: 'end' });
  for (const [index, settled] of (await told).entries()) {
    if (ids[index] === odd && fate === 'told') {
      expect(settled).toMatchObject({ status: 'rejected', reason: { reason: 'journal-unreadable' } });
    } else expect(settled).toEqual({ status: 'fulfilled', value: ['before', 'after', 'end'] });
  }
  await follower[Symbol.asyncDispose]();
  redis.disconnect();

  async function story(id: string, begun: () => void): Promise<string[]> {
    const told: string[] = [];
    for await (const event of follower.follow(id, { signal: AbortSignal.timeout(60_000) })) {
      if (event.kind === 'entry' && event.entry.type === 'run.accepted') begun();
      if (event.kind === 'entry' && event.entry.type === 'notice') told.push(event.entry.key);
      if (event.kind === 'live') told.push(event.event.type === 'text' ? event.event.text : event.event.type);
      if (told.at(-1) === 'end') break;
    }
    return told;
  }
});

test('a place that no entry can have is refused alone: all others are read on', async () => {
  const redis = connectRedis(server.url, 'test');
  await using queues = createQueues(redis);
  await using follower = createFollower(redis, server.url);
  const id = randomUUID();
  await acceptRun({ redis, queues }, { id, conversation: id, text: 'hi', caller: { kind: 'terminal', id: 'ada' } });
  const leave = new AbortController();
  const beyond = follower.follow(id, { after: '99999999999999999999-0', signal: leave.signal });
  const refused = expect(beyond[Symbol.asyncIterator]().next()).rejects.toThrow('99999999999999999999-0');
  for await (const event of follower.follow(id, { signal: leave.signal })) {
    expect(event).toMatchObject({ kind: 'entry', entry: { type: 'run.accepted' } });
    break;
  }
  await refused;
  leave.abort();
  redis.disconnect();
});

test('whoever follows a run whose data was deleted is told, while Redis stays where it is; others are read on', async () => {
  const redis = connectRedis(server.url, 'test');
  await using queues = createQueues(redis);
  await using follower = createFollower(redis, server.url);
  const [wiped, kept] = [randomUUID(), randomUUID()];
  for (const id of [wiped, kept]) {
    await acceptRun({ redis, queues }, { id, conversation: id, text: 'hi', caller: { kind: 'terminal', id: 'ada' } });
  }
  const staying = keysOf(kept);
  await redis.unlink(keys.run(wiped), keys.journal(wiped));
  await expect(keysOf(wiped)).rejects.toMatchObject({ reason: 'run-lost', retryable: false });
  await appendEntries(redis, kept, [{ type: 'notice', key: 'last', text: 'x' }]);
  expect(await staying).toEqual(['last']);
  redis.disconnect();

  async function keysOf(id: string): Promise<string[]> {
    for await (const event of follower.follow(id)) {
      if (event.kind === 'entry' && event.entry.type === 'notice') return [event.entry.key];
    }
    return [];
  }
}, 20_000);

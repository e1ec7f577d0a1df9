import { afterAll, beforeAll, expect, test } from 'vitest';
import { createIdentifyThrottler } from '#services/ingress/discord/identify.ts';
import { guildShard } from '#services/playground/gateway/delivery.ts';
import { listSchedules } from '#shared/schedules/store.ts';
import { startServiceProcess, type ServiceProcess } from '#test/lib/service-process.ts';
import { discordRunId } from '#shared/run/request.ts';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;
let processes: ServiceProcess[] = [];
/** A channel on each of the two shards. */
let channels: string[] = [];

beforeAll(async () => {
  rig = await startRig({ playground: { rateLimits: false, shards: 2, maxConcurrency: 8 }, start: false });
  const other = guildOnTheOtherShard();
  channels = [rig.playground.channels.general, rig.controls.addChannel({ name: 'far', guild: other })];
  processes = [await startIngress()];
  processes.push(await startIngress());
});

afterAll(async () => {
  await Promise.all(processes.map((each) => each[Symbol.asyncDispose]()));
  await rig?.[Symbol.asyncDispose]();
});

function guildOnTheOtherShard(): string {
  const own = guildShard(rig.playground.guildId, 2);
  for (let at = 0; ; at += 1) {
    const id = rig.controls.addGuild({ name: `Other ${at}`, owner: 'Ada' });
    if (guildShard(id, 2) !== own) return id;
  }
}

function startIngress(env: Record<string, string> = {}): Promise<ServiceProcess> {
  return startServiceProcess('services/ingress/main.ts', {
    REDIS_URL: rig.server.url,
    DISCORD_TOKEN: rig.playground.token,
    DISCORD_API_BASE: rig.playground.url,
    DISCORD_BURST_MS: '0',
    DISCORD_TOOLS_PORT: '0',
    ...env,
  });
}

/** Asks on both shards, and expects one run and one answer for each question. */
async function askEverywhere(text: string): Promise<void> {
  const asked = channels.map((channel) => rig.ask(text, { channel, author: 'Ada' }));
  for (const { id } of asked) {
    const run = await rig.work(id);
    await run.end(`To ${id}.`);
    await rig.controls.waitFor(({ replyTo, content }) => replyTo === id && content.includes(`To ${id}.`));
  }
  await until('each reply was noted', async () => (await rig.redis.zcard('{dragoman}:index:undelivered')) === 0);
  for (const [at, { id }] of asked.entries()) {
    const answers = rig.controls.messages(channels[at] ?? '').filter(({ content }) => content.includes(`To ${id}.`));
    expect(answers).toHaveLength(1);
  }
  const runs = (await rig.requests()).filter((request) => request.text === text);
  expect(runs.map(({ id }) => id).toSorted()).toEqual(asked.map(({ id }) => discordRunId(id)).toSorted());
}

test('two processes with two shards each answer every question and command once; one is killed, and another comes', async () => {
  const shards = () => rig.controls.sessions().filter(({ connected }) => connected).length;
  expect(shards()).toBe(4);
  await askEverywhere('first');
  const when = { when: 'daily at 9', question: 'Anything?' };
  const used = rig.controls.command({
    channel: rig.playground.channels.general,
    author: 'Dev',
    name: 'schedule',
    subcommand: 'add',
    options: when,
  });
  expect((await used.outcome()).message?.content).toContain('Scheduled as');
  await askEverywhere('second');
  expect(await listSchedules(rig.redis)).toHaveLength(1);
  const [dying] = processes.splice(0, 1);
  process.kill(dying?.pid ?? 0, 'SIGKILL');
  await dying?.ended();
  await askEverywhere('third');
  processes.push(await startIngress());
  await askEverywhere('fourth');
});

test('a process may have a part of the shards; what fits no shard is refused at the start', async () => {
  await Promise.all(processes.splice(0).map((each) => each.stop()));
  processes.push(await startIngress({ DISCORD_SHARDS: '2', DISCORD_SHARD_IDS: '0' }));
  processes.push(await startIngress({ DISCORD_SHARDS: '2', DISCORD_SHARD_IDS: '1' }));
  await askEverywhere('fifth');
  await expect(startIngress({ DISCORD_SHARDS: '2', DISCORD_SHARD_IDS: '1-2' })).rejects.toThrow(
    /DISCORD_SHARD_IDS: names shard 2, but of 2 the last one is 1/,
  );
});

test('processes share the shards by themselves: who stands by takes those of one that is killed, or stands still', async () => {
  await Promise.all(processes.splice(0).map((each) => each.stop()));
  const env = { DISCORD_SHARDS: '2', DISCORD_SHARDS_EACH: '1' };
  const most = watchSessions();
  const [first, second] = [await startIngress(env), await startIngress(env)];
  processes.push(first, second);
  await connected(2);
  const spare = await startIngress(env);
  processes.push(spare);
  await askEverywhere('shared');
  expect(shardTakenBy(spare)).toBeUndefined();

  const shard = shardTakenBy(first);
  process.kill(first.pid, 'SIGKILL');
  await first.ended();
  // What is asked while nobody hears it is caught up with.
  await askEverywhere('nobody hears this at first');
  expect(shardTakenBy(spare)).toBe(shard);
  expect(most()).toEqual({ 0: 1, 1: 1 });

  const another = await startIngress(env);
  processes.push(another);
  process.kill(spare.pid, 'SIGSTOP');
  await until('the shard was taken over', async () => shardTakenBy(another) === shard, 60_000);
  process.kill(spare.pid, 'SIGCONT');
  expect((await spare.ended()).code).toBe(1);
  await connected(2);
  await askEverywhere('last');

  // Who ends well leaves its shards to others at once.
  const next = await startIngress(env);
  processes.push(next);
  await second.stop();
  await until('the shard was given over', async () => shardTakenBy(next) !== undefined, 14_000);
  await connected(2);
}, 240_000);

/** The shard that a process has said it took. */
function shardTakenBy(ingress: ServiceProcess): string | undefined {
  return /"shards":"(\d)"[^\n]*"msg":"shards were taken"/.exec(ingress.output())?.[1];
}

const connected = (count: number) =>
  until(`${count} sessions`, async () => {
    return rig.controls.sessions().filter((session) => session.connected).length === count;
  });

/** Tells how many sessions a shard had at most at one time, from now on. */
function watchSessions(): () => Record<string, number> {
  const most: Record<string, number> = {};
  const timer = setInterval(() => {
    const now = rig.controls.sessions().filter((session) => session.connected);
    for (const { shard } of now) {
      most[shard] = Math.max(most[shard] ?? 0, now.filter((each) => each.shard === shard).length);
    }
  }, 20);
  return () => {
    clearInterval(timer);
    return most;
  };
}

test('processes share as many shards as Discord recommends; of another number they are told, and take it together', async () => {
  await Promise.all(processes.splice(0).map((each) => each.stop()));
  const env = { DISCORD_SHARDS_EACH: '1' };
  processes.push(await startIngress(env), await startIngress(env));
  await connected(2);
  await askEverywhere('as recommended');
  rig.controls.recommendShards(3);
  processes.push(await startIngress(env));
  const [first, second, spare] = processes;
  await until('it is told', async () => spare!.output().includes('Discord recommends another number of shards'));
  await first!.stop();
  await until('the shard was given over', async () => shardTakenBy(spare!) !== undefined, 14_000);
  await connected(2);
  await askEverywhere('with the old number');

  await Promise.all([second!, spare!].map((each) => each.stop()));
  processes = await Promise.all([startIngress(env), startIngress(env), startIngress(env)]);
  await connected(3);
  expect(processes.map(shardTakenBy).toSorted()).toEqual(['0', '1', '2']);
  await askEverywhere('with the new number');
  rig.controls.recommendShards(2);
}, 120_000);

test('a process that is ended just when it has its shards ends', async () => {
  await Promise.all(processes.splice(0).map((each) => each.stop()));
  for (const said of ['shards were taken', 'gateway ready', 'the Discord tools are not served']) {
    const ingress = await startIngress({ DISCORD_SHARDS_EACH: '2' });
    processes.push(ingress);
    await until(said, () => ingress.output().includes(said));
    expect(await ingress.stop()).toEqual({ code: 0, signal: null });
  }
}, 60_000);

test('sharing goes with no list of shards', async () => {
  await expect(startIngress({ DISCORD_SHARDS: '2', DISCORD_SHARDS_EACH: '1', DISCORD_SHARD_IDS: '0' })).rejects.toThrow(
    /DISCORD_SHARDS_EACH: does not go with DISCORD_SHARD_IDS/,
  );
});

test('sessions begin one after the other over all processes, in each of Discord’s buckets', async () => {
  const [one, two] = [1, 2].map(() => createIdentifyThrottler(rig.redis, 2, 60_000));
  const patient = new AbortController().signal;
  await one?.waitForIdentify(0, patient);
  await two?.waitForIdentify(1, patient);
  const waits = two?.waitForIdentify(2, AbortSignal.timeout(100));
  await expect(waits).rejects.toThrow();
  await rig.redis.del('{dragoman}:discord:identify:0');
  await two?.waitForIdentify(2, patient);
});

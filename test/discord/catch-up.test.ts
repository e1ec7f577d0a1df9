import { afterEach, beforeEach, expect, test } from 'vitest';
import { discordRunId } from '#shared/run/request.ts';
import { startRig, until, type Rig } from './rig.ts';

// What was missed while there was no session is read until all of it is there. Neither a failing read, nor a Redis that
// takes no writes, nor another session or a restart in between loses a question, and none is answered twice.

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({
    playground: { rateLimits: false, heartbeatIntervalMs: 1_000 },
    environment: { DISCORD_BURST_MS: '0' },
    overrides: { restTimeoutMs: 1_000 },
  });
});
afterEach(() => rig[Symbol.asyncDispose]());

const reads = 'GET /channels/*/messages';
const connected = () => rig.controls.sessions().some((session) => session.connected);
const hits = () => Object.values(rig.controls.faultHits()).reduce((sum, count) => sum + count, 0);

/** Works on each question. Every question has its run, and there are no other runs but those of `known`. */
async function allAccepted(asked: string[], known: string[] = []): Promise<void> {
  for (const id of asked) await (await rig.work(id)).end('Answered.');
  const runs = (await rig.requests()).map(({ id }) => id);
  expect(runs.toSorted()).toEqual([...known, ...asked].map((id) => discordRunId(id)).toSorted());
}

/** A direct-message conversation that the bot knows of. */
async function knownDm(): Promise<string> {
  const { id } = rig.say({ channel: '@Olga', author: 'Olga', content: 'hello' });
  await (await rig.work(id)).end('Hello.');
  await rig.controls.waitFor(({ replyTo, content }) => replyTo === id && content.includes('Hello.'));
  return id;
}

function missed(): string[] {
  return [
    rig.ask('first?', { author: 'Ada', channel: 'general' }).id,
    rig.ask('second?', { author: 'Dev', channel: 'data' }).id,
    rig.say({ channel: '@Olga', author: 'Olga', content: 'in private?' }).id,
  ];
}

async function newSession(): Promise<void> {
  rig.controls.invalidate(false);
  await until('the session is lost', () => !connected());
}

test.each<[string, Parameters<Rig['controls']['inject']>[0]]>([
  ['one read fails', { route: reads, times: 1, status: 503 }],
  ['each read fails twice', { route: reads, times: 6, status: 500 }],
  ['a read is cut off', { route: reads, times: 1, cut: true }],
  ['a read gets no answer', { route: reads, times: 1, hang: true }],
  ['a private channel cannot be looked up', { route: 'GET /channels/*', times: 1, status: 503 }],
])('%s', async (_, fault) => {
  const before = await knownDm();
  await newSession();
  rig.controls.inject(fault);
  await allAccepted(missed(), [before]);
  expect(hits()).toBeGreaterThan(0);
});

test('a missed question that is deleted while its asker is looked up is not answered', async () => {
  await rig.stop();
  const { client } = await rig.start();
  const { guildId, people } = rig.playground;
  await newSession();
  rig.controls.inject({ route: reads, times: 100, delayMs: 500 });
  const gone = rig.ask('gone?', { channel: 'general', author: 'Ada' }).id;
  const stays = rig.ask('stays?', { channel: 'data', author: 'Dev' }).id;
  await until('the channels are read', () => connected() && hits() > 0);
  // A large server does not tell of all its members at the beginning of a session.
  client.guilds.cache.get(guildId)?.members.cache.delete(people.Ada);
  rig.controls.clearFaults();
  const before = hits();
  rig.controls.inject({ route: `GET /guilds/*/members/${people.Ada}`, delayMs: 500 });
  await until('its asker is looked up', () => hits() > before);
  rig.controls.deleteMessage(gone);
  await until('the lookup is answered', () =>
    rig.controls.requests().some(({ path, status }) => path.endsWith(`/members/${people.Ada}`) && status === 200),
  );
  // What is asked now comes in after it.
  const later = rig.ask('later?', { channel: 'general', author: 'Ada' }).id;
  await allAccepted([stays, later]);
});

test('a channel that cannot be read keeps the others waiting for nothing', async () => {
  await newSession();
  const { general } = rig.playground.channels;
  rig.controls.inject({ route: `GET /channels/${general}/messages`, times: 1_000, status: 503 });
  const lost = rig.ask('lost?', { channel: 'general' }).id;
  const other = rig.ask('other?', { channel: 'data', author: 'Dev' }).id;
  await allAccepted([other]);
  // A message that arrives live meanwhile is answered as well.
  const live = rig.ask('live?', { channel: 'general', author: 'Max' }).id;
  await (await rig.work(live)).end('Answered.');
  rig.controls.clearFaults();
  await (await rig.work(lost)).end('Answered.');
});

test.each(['a further session', 'a restart', 'both'])(
  '%s while a channel cannot be read loses nothing, though newer messages were answered',
  async (between) => {
    await newSession();
    rig.controls.inject({ route: reads, times: 1_000, status: 503 });
    const lost = rig.ask('lost?', { channel: 'general' }).id;
    await until('it was tried to read', () => connected() && hits() > 0);
    const live = rig.ask('live?', { channel: 'general', author: 'Max' }).id;
    await (await rig.work(live)).end('Answered.');
    await rig.controls.waitFor(({ replyTo, content }) => replyTo === live && content.includes('Answered.'));
    if (between !== 'a restart') {
      const before = hits();
      await newSession();
      await until('it was tried again', () => connected() && hits() > before);
    }
    if (between !== 'a further session') {
      await rig.stop();
      const before = hits();
      await rig.start();
      await until('it was tried again', () => hits() > before);
    }
    rig.controls.clearFaults();
    await (await rig.work(lost)).end('Answered.');
    expect((await rig.requests()).map(({ id }) => id).toSorted()).toEqual([lost, live].map(discordRunId).toSorted());
  },
);

test('a Redis that takes no writes as a session begins loses nothing', async () => {
  await newSession();
  await rig.redis.config('SET', 'min-replicas-to-write', '1');
  const asked = missed().slice(0, 2);
  await until('it was tried to write', async () =>
    /cmdstat_hsetnx:.*rejected_calls=[1-9]/.test(await rig.redis.info('commandstats')),
  );
  await rig.redis.config('SET', 'min-replicas-to-write', '0');
  await allAccepted(asked);
});

const marksKey = '{dragoman}:discord:marks';
const marked = async () => Object.keys(await rig.redis.hgetall(marksKey)).filter((field) => field !== 'since');

/**
 * Writes marks for `count` threads that Discord does not list: archived a while ago, but newer than the mark of any
 * direct message.
 */
async function markThreads(count: number, hoursAgo: number, kind?: string): Promise<void> {
  const writing = rig.redis.pipeline();
  for (let at = 0; at < count; at += 1) {
    const id = `1457523995443${String(at).padStart(6, '0')}`;
    const made = (BigInt(Date.now() - Math.round(hoursAgo * 3_600_000) - 1_420_070_400_000) << 22n) + BigInt(at);
    writing.hset(marksKey, id, made.toString());
    if (kind !== undefined) writing.hset(`${marksKey}:kinds`, id, kind);
  }
  await writing.exec();
}

test.each<[string, string | undefined, number]>([
  ['threads that were archived', 'thread', 0],
  ['channels of which an earlier version has not stored what they are', undefined, 0],
  ['threads that were archived long ago', 'thread', 5],
])('among very many marks of %s a direct message of the down time is seen', async (_, kind, hoursAgo) => {
  const before = await knownDm();
  await rig.stop();
  await markThreads(160, hoursAgo, kind);
  const asked = rig.say({ channel: '@Olga', author: 'Olga', content: 'while you were away?' }).id;
  const here = rig.ask('and here?', { channel: 'general' }).id;
  await rig.start();
  await allAccepted([asked, here], [before]);
});

test('marks of threads that have been silent for longer than is caught up with go, and what they are is asked once', async () => {
  await knownDm();
  await rig.stop();
  await markThreads(160, 2);
  const lookups = () =>
    rig.controls
      .requests()
      .filter(({ method, path }) => method === 'GET' && /\/channels\/1457523995443\d+$/.test(path));
  const before = lookups().length;
  await rig.start();
  await until('they are forgotten', async () => (await marked()).length < 20, 60_000);
  expect(lookups().length - before).toBe(160);
  expect((await rig.redis.hkeys(`${marksKey}:kinds`)).length).toBeLessThan(20);
  // The direct-message conversation keeps its mark, because nothing else would lead to it.
  expect(Object.values(await rig.redis.hgetall(`${marksKey}:kinds`))).toContain('dm');
  await rig.stop();
  await rig.start();
  const asked = rig.say({ channel: '@Olga', author: 'Olga', content: 'still there?' }).id;
  await (await rig.work(asked)).end('Yes.');
  expect(lookups().length - before).toBe(160);
});

test('a thread whose mark was forgotten is caught up with once somebody writes there again', async () => {
  const thread = rig.controls.startThread({ channel: 'general', author: 'Ada', name: 'old talk' });
  const first = rig.ask('first?', { channel: thread }).id;
  await (await rig.work(first)).end('One.');
  await rig.stop();
  await rig.redis.hdel(marksKey, thread);
  const second = rig.ask('second?', { channel: thread }).id;
  await rig.start();
  await (await rig.work(second)).end('Two.');
  expect((await rig.requests()).map(({ id }) => id)).toEqual([first, second].map(discordRunId));
});

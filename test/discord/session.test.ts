import { afterAll, beforeAll, expect, test } from 'vitest';
import { discordRunId } from '#shared/run/request.ts';
import { readRun } from '#shared/run/record.ts';
import { startRig, until, type Rig } from './rig.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig({
    playground: { rateLimits: false, heartbeatIntervalMs: 1_000 },
    environment: { DISCORD_BURST_MS: '0' },
  });
});

afterAll(() => rig[Symbol.asyncDispose]());

const people = ['Ada', 'Dev', 'Olga', 'Max', 'Guest'];

function askMany(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const author = people[index % people.length] ?? 'Ada';
    const channel = index % 2 === 0 ? 'general' : 'data';
    return rig.ask(`question ${index}`, { author, channel }).id;
  });
}

/** Each question has its run, and there are no other runs. */
async function allAccepted(asked: string[]): Promise<void> {
  for (const id of asked) {
    const run = await rig.work(id);
    await run.end('Answered.');
  }
  const requests = await rig.requests();
  const ids = asked.map((id) => discordRunId(id));
  expect(requests.map(({ id }) => id).filter((id) => ids.includes(id))).toHaveLength(asked.length);
  expect(new Set(requests.map(({ id }) => id)).size).toBe(requests.length);
}

const connected = () => rig.controls.sessions().some((session) => session.connected);

test('a connection that is cut is resumed; what came meanwhile is answered once', async () => {
  rig.controls.cut();
  const asked = askMany(5);
  await allAccepted(asked);
  expect(rig.controls.sessions().some(({ resumes }) => resumes > 0)).toBe(true);
});

test('op 7, and a zombie connection, are survived', async () => {
  rig.controls.reconnect();
  await allAccepted(askMany(3));
  rig.controls.holdHeartbeatAcks(true);
  const resumed = () => rig.controls.sessions().reduce((sum, { resumes }) => sum + resumes, 0);
  const before = resumed();
  await until('the client gives the dead connection up', () => resumed() > before);
  rig.controls.clearFaults();
  await allAccepted(askMany(3));
});

test('a session that is lost is followed by a new one, and what was missed is caught up with', async () => {
  rig.controls.invalidate(false);
  const asked = [...askMany(6), rig.say({ channel: '@Olga', author: 'Olga', content: 'in private' }).id];
  const ignored = rig.say({ channel: 'general', author: 'Max', content: 'not for the bot' });
  await until('a new session is there', connected);
  await allAccepted(asked.slice(0, 6));
  expect(await readRun(rig.redis, discordRunId(ignored.id))).toBeUndefined();
});

test('messages of the time when no ingress ran are answered when one is back, each once', async () => {
  const known = rig.say({ channel: '@Olga', author: 'Olga', content: 'hello' });
  await (await rig.work(known.id)).end('Hello.');
  await rig.controls.waitFor(({ replyTo, content }) => replyTo === known.id && content.includes('Hello.'));
  await rig.stop();
  const asked = askMany(6);
  const dm = rig.say({ channel: '@Olga', author: 'Olga', content: 'are you there?' });
  await rig.start();
  await allAccepted([...asked, dm.id]);
  await rig.stop();
  await rig.start();
  await allAccepted([rig.ask('and now?').id]);
});

test('messages older than the bound are let be', async () => {
  await rig.stop();
  const old = rig.ask('long ago', { author: 'Guest' });
  const recent = rig.ask('now', { author: 'Dev' });
  await rig.start({ DISCORD_CATCH_UP_MINUTES: '0' });
  await allAccepted([rig.ask('new').id]);
  for (const { id } of [old, recent]) expect(await readRun(rig.redis, discordRunId(id))).toBeUndefined();
});

test('events that come twice or in another order make one run each', async () => {
  rig.controls.injectEvent({ kind: 'duplicate', t: 'MESSAGE_CREATE', chance: 0.3 });
  rig.controls.injectEvent({ kind: 'reorder', t: 'MESSAGE_CREATE', chance: 0.3 });
  await allAccepted(askMany(10));
  rig.controls.clearFaults();
});

test('a question in a channel that was made while no ingress ran is answered as well', async () => {
  await rig.stop();
  const channel = rig.controls.addChannel({ name: 'brand-new' });
  const asked = rig.ask('anybody here?', { channel });
  await rig.start();
  await allAccepted([asked.id]);
});

test('a question behind hundreds of other messages is caught up with', async () => {
  await rig.stop();
  for (let at = 0; at < 350; at += 1) rig.say({ channel: 'general', author: 'Guest', content: `small talk ${at}` });
  const asked = rig.ask('and my question?', { author: 'Olga' });
  await rig.start();
  await allAccepted([asked.id]);
});

import { expect, test } from 'vitest';
import { startPlayground, type Playground } from './start.ts';
import { PATIENTLY, startTestBot, type TestBot } from './testing/bot.ts';

/** Collects what the bot hears, and says things for it to hear. */
function listen(playground: Playground, bot: TestBot) {
  const heard: string[] = [];
  bot.client.on('messageCreate', (message) => heard.push(message.content));
  const say = (content: string) => playground.controls.say({ channel: 'general', author: 'Ada', content });
  const session = () => playground.controls.sessions().at(-1);
  return { heard, say, session };
}

async function resumed(playground: Playground, times: number) {
  const { controls } = playground;
  await controls.until(() => controls.sessions().some((s) => s.connected && s.resumes === times));
  expect(controls.sessions()).toHaveLength(1);
}

test('after a cut the session resumes, and what was missed is replayed once and in order', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  const { heard, say, session } = listen(playground, bot);
  say('before');
  await expect.poll(() => heard, PATIENTLY).toEqual(['before']);
  expect(playground.controls.cut()).toBe(1);
  await playground.controls.until(() => session()?.connected === false);
  say('missed 1');
  say('missed 2');
  await resumed(playground, 1);
  say('after');
  await expect.poll(() => heard, PATIENTLY).toEqual(['before', 'missed 1', 'missed 2', 'after']);
});

test('op 7 makes the client reconnect and resume', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  const { heard, say } = listen(playground, bot);
  expect(playground.controls.reconnect()).toBe(1);
  say('meanwhile');
  await resumed(playground, 1);
  await expect.poll(() => heard, PATIENTLY).toEqual(['meanwhile']);
});

test('op 9, resumable, makes it resume', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  playground.controls.invalidate(true);
  await resumed(playground, 1);
  expect(bot.client.isReady()).toBe(true);
});

test('op 9, not resumable, makes it identify anew; what came between is lost', async () => {
  await using playground = await startPlayground({ rateLimits: false });
  await using bot = await startTestBot(playground);
  const { heard, say, session } = listen(playground, bot);
  const first = session()?.id;
  playground.controls.invalidate(false);
  await playground.controls.until(() => session()?.connected !== true);
  say('lost');
  await playground.controls.until(() => session()?.connected === true && session()?.id !== first);
  say('heard');
  await expect.poll(() => heard, PATIENTLY).toEqual(['heard']);
});

test('a connection whose heartbeats are not answered is left, and resumed', async () => {
  await using playground = await startPlayground({ heartbeatIntervalMs: 200 });
  await using bot = await startTestBot(playground);
  const { heard, say, session } = listen(playground, bot);
  playground.controls.holdHeartbeatAcks(true);
  await playground.controls.until(() => session()?.connected === false);
  playground.controls.holdHeartbeatAcks(false);
  say('while away');
  await playground.controls.until(() => session()?.connected === true && (session()?.resumes ?? 0) > 0);
  await expect.poll(() => heard, PATIENTLY).toEqual(['while away']);
});

test('a client that is asked for a heartbeat gives one, and one that gives none is closed', async () => {
  await using playground = await startPlayground({ heartbeatIntervalMs: 100 });
  const frames: { op: number }[] = [];
  const socket = new WebSocket(playground.pageUrl.replace('http', 'ws'));
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)));
  socket.addEventListener('message', ({ data }) => frames.push(JSON.parse(String(data)) as { op: number }));
  expect(await closed).toBe(4009);
  expect(frames[0]).toMatchObject({ op: 10, d: { heartbeat_interval: 100 } });
});

test('events can be doubled, dropped and brought out of order on purpose', async () => {
  await using playground = await startPlayground();
  await using bot = await startTestBot(playground);
  const { say } = listen(playground, bot);
  // Listens to raw events, because the client's cache hides a doubled message from its own listeners.
  const heard: (string | undefined)[] = [];
  bot.client.on(
    'raw' as never,
    ((packet: { d: { content?: string } | null }) => heard.push(packet.d?.content)) as never,
  );
  playground.controls.injectEvent({ kind: 'duplicate', t: 'MESSAGE_CREATE' });
  say('twice');
  playground.controls.injectEvent({ kind: 'drop', t: 'MESSAGE_CREATE' });
  say('never');
  playground.controls.injectEvent({ kind: 'reorder', t: 'MESSAGE_CREATE' });
  say('second');
  say('first');
  await expect.poll(() => heard, PATIENTLY).toEqual(['twice', 'twice', 'first', 'second']);
  expect(playground.controls.faultHits()).toMatchObject({ duplicate: 1, drop: 1, reorder: 1 });
});

test('a bot without identifies left loses its token', async () => {
  await using playground = await startPlayground();
  playground.controls.setIdentifiesLeft(0);
  const { Client } = await import('discord.js');
  const client = new Client({ rest: { api: playground.url }, intents: [] });
  await expect(client.login(playground.token)).rejects.toThrow(/0 remaining|not enough|session/i);
  await client.destroy();
});

test('of many sessions that were lost, the latest are kept for a RESUME', async () => {
  await using playground = await startPlayground({ rateLimits: false });
  for (let at = 0; at < 20; at += 1) {
    const socket = new WebSocket(playground.pageUrl.replace('http', 'ws'));
    const ready = new Promise<void>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        const { op, t } = JSON.parse(String(data)) as { op: number; t: string | null };
        if (op === 10)
          socket.send(JSON.stringify({ op: 2, d: { token: playground.token, intents: 1, properties: {} } }));
        if (t === 'READY') resolve();
      });
    });
    await ready;
    socket.close(4000);
    await playground.controls.until(() => playground.controls.sessions().every(({ connected }) => !connected));
  }
  expect(playground.controls.sessions().length).toBeLessThanOrEqual(17);
  expect(playground.controls.sessions().length).toBeGreaterThan(10);
});

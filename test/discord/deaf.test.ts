import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { discordRunId } from '#shared/run/request.ts';
import { readRun } from '#shared/run/record.ts';
import { startServiceProcess, type ServiceProcess } from '#test/lib/service-process.ts';
import { startRig, until, type Rig } from './rig.ts';
import { startWire, type Wire } from './wire.ts';

let rig: Rig;
let wire: Wire;

beforeAll(async () => {
  wire = await startWire();
  rig = await startRig({
    playground: { rateLimits: false, heartbeatIntervalMs: 500, url: wire.url },
    start: false,
  });
  wire.lead(rig.playground.port);
});

afterEach(async () => {
  wire.block(false);
  await rig.stop();
});

afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await wire[Symbol.asyncDispose]();
});

const accepted = (message: string) =>
  until('the question is accepted', async () => (await readRun(rig.redis, discordRunId(message))) ?? false, 60_000);

function startProcess(): Promise<ServiceProcess> {
  return startServiceProcess('test/discord/deaf-main.ts', {
    REDIS_URL: rig.server.url,
    DISCORD_TOKEN: rig.playground.token,
    DISCORD_API_BASE: rig.playground.url,
    DISCORD_BURST_MS: '0',
  });
}

test('a connection that went dead without a sign is given up and resumed, long before its goodbye times out', async () => {
  await rig.start();
  wire.freeze();
  const { id } = rig.ask('does anybody hear me?');
  // The library alone waits 30 s longer than the heartbeats that it misses.
  const resumed = () => rig.controls.sessions().some(({ resumes }) => resumes > 0);
  await until('the session is resumed', resumed, 25_000);
  await accepted(id);
});

test('the ingress is not ready while it cannot reconnect, and is again afterwards', async () => {
  const { checks } = await rig.start();
  const ready = () =>
    checks['discord']!().then(
      () => true,
      () => false,
    );
  expect(await ready()).toBe(true);
  wire.block(true);
  wire.freeze();
  await until('it is not ready', async () => !(await ready()), 60_000);
  wire.block(false);
  await until('it is ready', ready, 60_000);
}, 150_000);

test('it ends where it stays deaf, and the next one answers what came meanwhile', async () => {
  await using deaf = await startProcess();
  wire.block(true);
  wire.freeze();
  const asked = rig.ask('into the void', { author: 'Dev' });
  expect(await deaf.ended()).toMatchObject({ code: 1 });
  await until('it has told why', () => /"fatal".*Discord was not heard for \d+ s/.test(deaf.output()));
  expect(deaf.output()).toContain('deaf to Discord: this process ends, to be started anew');
  expect(await readRun(rig.redis, discordRunId(asked.id))).toBeUndefined();
  wire.block(false);
  await rig.start();
  await accepted(asked.id);
}, 120_000);

test('it ends at once when Discord closes the connection for good', async () => {
  const { ended } = await rig.start();
  // With such fast heartbeats a busy process may be reconnecting at this moment.
  await until('its connection is closed', () => rig.controls.cut(4004) > 0);
  await expect(ended).rejects.toThrow('Discord does not accept DISCORD_TOKEN');
});

test('told to stop while it cannot reconnect, it leaves nothing open', async () => {
  await using ingress = await startProcess();
  wire.block(true);
  wire.freeze();
  await until('it reconnects', () => ingress.output().includes('gateway reconnecting'), 60_000);
  expect(await ingress.stop()).toMatchObject({ code: 0 });
}, 120_000);

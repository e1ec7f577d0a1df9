import { EventEmitter } from 'node:events';
import { Events, Status, type Client } from 'discord.js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { configureLogging } from '#shared/process/log.ts';
import { watchGateway } from './watchdog.ts';

beforeEach(() => {
  configureLogging('ingress', 'silent');
  vi.useFakeTimers();
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const deafMs = 60_000;

/** What the watchdog sees of a client: the shard's state, and events. */
function watch() {
  const shard = { status: Status.Ready as Status, lastPingTimestamp: -1 };
  const shards = {
    size: 1,
    every: (fits: (each: typeof shard) => boolean) => fits(shard),
    map: <T>(of: (each: typeof shard) => T) => [of(shard)],
  };
  const client = Object.assign(new EventEmitter(), { ws: { shards } });
  const watchdog = watchGateway(client as unknown as Client, { deafMs });
  const state = { ended: false };
  watchdog.ended.catch(() => (state.ended = true));
  client.emit(Events.ShardReady, 0);
  return { shard, client, watchdog, state };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('answered heartbeats, or events, keep it quiet; silence ends it', async () => {
  const { shard, client, state } = watch();
  for (let beat = 0; beat < 5; beat += 1) {
    shard.lastPingTimestamp = beat;
    await pass(deafMs - 2_000);
  }
  client.emit(Events.Raw, {}, 0);
  await pass(deafMs - 2_000);
  expect(state.ended).toBe(false);
  await pass(4_000);
  expect(state.ended).toBe(true);
});

test('heartbeats on a connection without a session are no sign of life: a RESUME that nobody answers', async () => {
  const { shard, state, watchdog } = watch();
  shard.status = Status.Resuming;
  expect(() => watchdog.check()).toThrow('not connected');
  for (let beat = 0; beat < 6; beat += 1) {
    shard.lastPingTimestamp = beat;
    await pass(deafMs / 5);
  }
  expect(state.ended).toBe(true);
});

test('the time for which the process was stopped is no silence', async () => {
  const { state } = watch();
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 3_600_000);
  await pass(deafMs - 5_000);
  expect(state.ended).toBe(false);
  await pass(10_000);
  expect(state.ended).toBe(true);
});

test('before the first session it does not count', async () => {
  const { client, state } = watch();
  const late = watchGateway(Object.assign(new EventEmitter(), { ws: client.ws }) as unknown as Client, { deafMs });
  late.ended.catch(() => (state.ended = true));
  client.emit(Events.ShardDisconnect, { code: 4014 }, 0);
  await pass(1);
  expect(state.ended).toBe(true);
  state.ended = false;
  await pass(3 * deafMs);
  expect(state.ended).toBe(false);
});

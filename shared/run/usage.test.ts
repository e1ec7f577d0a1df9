import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { keepUsageMs, monthOf, monthPattern, readUsage, spentThisMonth } from './usage.ts';

let rig: Rig;
let redis: Redis;
beforeAll(async () => {
  rig = await startRig();
  redis = rig.redis;
});
afterAll(() => rig[Symbol.asyncDispose]());
afterEach(() => vi.useRealTimers());

test('a run counts for whoever asked it, once, in the month in which it ends', async () => {
  await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) });
  const caller = { kind: 'api' as const, id: 'ci', name: 'ci', discordRoles: [] as string[] };
  rig.model.handle(() => ({ text: 'Yes.', usage: { prompt_tokens: 100, completion_tokens: 20 } }));
  const first = await rig.ask('one?', { caller });
  const second = await rig.ask('two?', { caller });
  await rig.ask('three?');
  const month = monthOf(Date.now());
  const [own] = await readUsage(redis, month, 'api:ci');
  expect(own).toEqual({
    caller: 'api:ci',
    runs: 2,
    passedOn: 0,
    inputTokens: first.usage.inputTokens + second.usage.inputTokens,
    outputTokens: first.usage.outputTokens + second.usage.outputTokens,
    costUsd: expect.closeTo(first.usage.costUsd + second.usage.costUsd),
  });
  expect((await readUsage(redis, month)).map(({ caller: who }) => who).toSorted()).toEqual([
    'api:ci',
    'terminal:tester',
  ]);
  const ttl = await redis.pttl(keys.usage(month));
  expect(ttl).toBeGreaterThan(keepUsageMs - 600_000);
});

test('names may hold what separates others; rows stand by cost, then by runs', async () => {
  await redis.hset(keys.usage('2001-01'), {
    'discord:1 runs': 3,
    'discord:1 usd': '0.5',
    'terminal:ada lovelace runs': 9,
    'terminal:ada lovelace usd': '0.5',
    'api:ci input': 7,
    'api:ci output': 8,
    'api:ci usd': '2.25',
    'api:ci minutes': 4,
    'api:ci passed': 6,
  });
  expect(await readUsage(redis, '2001-01')).toEqual([
    { caller: 'api:ci', runs: 0, passedOn: 6, inputTokens: 7, outputTokens: 8, costUsd: 2.25 },
    { caller: 'terminal:ada lovelace', runs: 9, passedOn: 0, inputTokens: 0, outputTokens: 0, costUsd: 0.5 },
    { caller: 'discord:1', runs: 3, passedOn: 0, inputTokens: 0, outputTokens: 0, costUsd: 0.5 },
  ]);
  expect(await readUsage(redis, '2001-01', 'terminal:ada')).toEqual([]);
  expect(await readUsage(redis, '2001-02')).toEqual([]);
});

test('what was spent counts from the first of the month, in UTC', async () => {
  await redis.hset(keys.usage('2001-01'), 'api:ci usd', '2.25');
  vi.useFakeTimers({ now: Date.parse('2001-01-31T23:59:59Z'), toFake: ['Date'] });
  expect(await spentThisMonth(redis, 'api:ci')).toBe(2.25);
  vi.setSystemTime(Date.parse('2001-02-01T00:00:00Z'));
  expect(await spentThisMonth(redis, 'api:ci')).toBe(0);
});

test.each([
  ['2026-11', true],
  ['2026-00', false],
  ['2026-13', false],
  ['2026-1', false],
  ['2026-11-01', false],
  ['', false],
])('%s as a month: %s', (text, is) => {
  expect(monthPattern.test(text)).toBe(is);
});

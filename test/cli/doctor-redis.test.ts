import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkRedis } from '#services/cli/doctor/check-redis.ts';
import { groupName, startTestSentinels, type TestSentinels } from '#test/lib/sentinels.ts';

let group: TestSentinels;
beforeAll(async () => {
  group = await startTestSentinels();
});
afterAll(() => group[Symbol.asyncDispose]());

async function findings(config: Partial<Parameters<typeof checkRedis>[0]> = {}) {
  const found = await checkRedis({ REDIS_URL: group.url, ...config });
  return Object.fromEntries(found.map(({ name, state, detail }) => [name, `${state}: ${detail}`]));
}

it('says which master the Sentinels name, who watches it, and which replicas it has', async () => {
  const { port } = await group.master();
  expect(await findings()).toMatchObject({
    Redis: expect.stringContaining(`at 127.0.0.1:${port}, master of ${groupName} by its Sentinels`) as string,
    Sentinels: `ok: 3 watch ${groupName} and can agree on another master`,
    'Redis replicas': 'ok: 2; none is waited for: a failover loses what they lack',
  });
  expect((await findings({ REDIS_WAIT_REPLICAS: 3 }))['Redis replicas']).toBe(
    'broken: 2, and REDIS_WAIT_REPLICAS is 3: questions are refused, runs stand still',
  );
});

it('says what is wrong: a password, Sentinels that are away, no master', { timeout: 120_000 }, async () => {
  const wrong = group.url.replace(/sentinelPassword=.*/, 'sentinelPassword=wrong');
  expect((await findings({ REDIS_URL: wrong }))['Sentinels']).toMatch(/^broken: none is of use \(.*WRONGPASS/);
  const more = group.url.replace(`/${groupName}`, `,127.0.0.1:1/${groupName}`);
  expect((await findings({ REDIS_URL: more }))['Sentinels']).toMatch(/^warning: 127\.0\.0\.1:1: .*ECONNREFUSED/);
  await Promise.all(group.nodes.map((node) => node.kill()));
  const found = await findings();
  expect(found['Redis']).toMatch(
    /^broken: Redis does not answer at redis\+sentinel:\/\/127\.0\.0\.1:.*\(.*ECONNREFUSED/,
  );
  expect(found['Redis']).not.toContain('of-the-group');
});

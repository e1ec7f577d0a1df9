import { describe, expect, test } from 'vitest';
import { domainNames } from '#mcp/domains.ts';
import { saveMemory } from '#shared/memory/store.ts';
import { keys } from '#shared/redis/keys.ts';
import type { Caller } from '#shared/run/request.ts';
import { memoryCgroupMissing } from '#test/lib/memory-cgroup.ts';
import { startRig } from '#test/worker/rig.ts';
import { signingKey, startLimited, why } from '../limited.ts';

const atOnce = 16;
/** What an operator may set at most, each as long as may be. */
const most = 5_000;
const text = (n: number) => `${n} ${'über 頁 Ж '.repeat(100)}`.slice(0, 1_000);

const caller: Caller = { kind: 'discord', id: '1', name: 'Ada', discordRoles: [], guild: 'g', channel: 'c' };
const owners = ['person:discord:1', 'server:discord:g', 'channel:discord:g:c'];

describe.skipIf(memoryCgroupMissing !== undefined)(`worker with memories in its container's memory${why}`, () => {
  test(`${atOnce} searches of ${owners.length * most} memories at once`, { timeout: 290_000 }, async () => {
    await using rig = await startRig({ model: { keep: 0 } });
    const limits = { most, ttlMs: 86_400_000 };
    for (const owner of owners) await fill(rig.redis, owner, limits);
    rig.model.handle(({ step }) =>
      step === 0
        ? {
            toolCalls: [
              { name: 'memory_search', arguments: { query: 'über 頁 Ж 17 4999', limit: 50 } },
              { name: 'memory_list', arguments: { scope: 'server' } },
            ],
          }
        : { text: 'Done.' },
    );
    await using worker = await startLimited('worker', 'services/worker/main.ts', {
      REDIS_URL: rig.server.url,
      LITELLM_API_BASE: rig.model.url,
      DRAGOMAN_SIGNING_KEY: signingKey,
      MEMORY_MAX_ENTRIES: String(most),
      TOOL_RUNNERS: domainNames.map((name) => `${name}=off`).join(','),
    });
    const ids = await Promise.all(
      Array.from({ length: atOnce }, (_, n) => rig.accept('Search.', { conversation: `room-${n}`, caller })),
    );
    const ended = await Promise.all(ids.map((id) => rig.ended(id)));
    await worker.requireAlive(`${atOnce} searches of ${owners.length * most} memories`);
    expect(ended.map(({ outcome }) => outcome)).toEqual(Array.from({ length: atOnce }, () => 'answered'));
    const found = await rig.until(ids[0]!, (event) => {
      return event.kind === 'entry' && event.entry.type === 'tool.finished' && event.entry.tool === 'memory_search';
    });
    const entry = { outcome: 'ok', content: expect.stringContaining('memories') };
    expect(found).toMatchObject({ entry });
  });
});

type Redis = Parameters<typeof saveMemory>[0];

/** Saves one as it is saved, and the others in its form at once: saving so many takes minutes. */
async function fill(redis: Redis, owner: string, limits: { most: number; ttlMs: number }): Promise<void> {
  await saveMemory(redis, owner, { text: text(0), by: 'discord:1', name: 'Ada' }, limits);
  const [[, entry] = ['', '{}']] = Object.entries(await redis.hgetall(keys.memory(owner)));
  const made = JSON.parse(entry) as object;
  const entries = Array.from({ length: most - 1 }, (_, n) => [
    `f${String(n).padStart(9, '0')}`,
    JSON.stringify({ ...made, text: text(n + 1) }),
  ]);
  await redis.hset(keys.memory(owner), Object.fromEntries(entries));
}

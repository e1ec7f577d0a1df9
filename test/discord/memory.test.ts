import { afterAll, beforeAll, expect, test } from 'vitest';
import { saveMemory } from '#shared/memory/store.ts';
import { startRig, type Rig } from './rig.ts';

let rig: Rig;
const limits = { most: 100, ttlMs: 3_600_000 };

beforeAll(async () => {
  rig = await startRig({
    playground: { rateLimits: false },
    environment: { POLICY_FILE: `${import.meta.dirname}/memory-policy.yaml` },
  });
});
afterAll(() => rig[Symbol.asyncDispose]());

function save(owner: string, text: string, by: string) {
  return saveMemory(rig.redis, owner, { text, by: `discord:${by}`, name: 'somebody' }, limits);
}

async function memory(author: string, options: Record<string, string> = {}, channel = 'general'): Promise<string> {
  const outcome = await rig.controls.command({ channel, author, name: 'memory', options }).outcome();
  expect(outcome.message?.visibleTo).toBeDefined();
  return outcome.message?.content ?? '';
}

test('each sees their own and what their place shares, and nobody else sees that', async () => {
  const { guildId, channels, people } = rig.playground;
  expect(await memory('Max')).toContain('I remember nothing for you here');
  await save(`person:discord:${people.Max}`, 'I like **bold** @everyone', people.Max);
  await save(`channel:discord:${guildId}:${channels.general}`, 'releases are on Friday', people.Olga);
  await save(`server:discord:${guildId}`, 'the office closes at six', people.Olga);
  const seen = await memory('Max');
  expect(seen).toMatch(/\*\*Yours\*\*[\s\S]*bold[\s\S]*\*\*This channel\*\*[\s\S]*Friday[\s\S]*\*\*This server\*\*/);
  const other = await memory('Dev', {}, 'data');
  expect(other).toContain('office');
  expect(other).not.toContain('bold');
  expect(other).not.toContain('Friday');
});

test('one is deleted by its id, where it is theirs or they may', async () => {
  const { guildId, channels, people } = rig.playground;
  const shared = await save(`channel:discord:${guildId}:${channels.general}`, 'CANARY shared', people.Olga);
  const own = await save(`person:discord:${people.Dev}`, 'CANARY own', people.Dev);
  expect(await memory('Max', { delete: own.id })).toContain('I remember nothing under');
  expect(await memory('Max', { delete: shared.id })).toContain('Somebody else saved that');
  expect(await memory('Dev', { delete: own.id })).toContain('Deleted: CANARY own');
  expect(await memory('Olga', { delete: shared.id })).toContain('Deleted: CANARY shared');
  expect(await memory('Dev')).not.toContain('CANARY');
});

test('many come in pages; all of one person go at once', async () => {
  const { people } = rig.playground;
  for (let n = 1; n <= 20; n += 1)
    await save(`person:discord:${people.Guest}`, `fact ${n} ${'x'.repeat(400)}`, people.Guest);
  const first = await memory('Guest', {}, 'data');
  expect(first.length).toBeLessThanOrEqual(2_000);
  expect(first).toContain('page 1 of 3');
  expect(await memory('Guest', { page: '3' }, 'data')).toContain('page 3 of 3');
  expect(await memory('Guest', { page: 'nine' }, 'data')).toContain('page 1 of 3');
  expect(await memory('Guest', { delete: 'all' }, 'data')).toContain('Deleted all 20 that were yours');
  expect(await memory('Guest', { delete: 'all' }, 'data')).toContain('I remembered nothing of yours');
});

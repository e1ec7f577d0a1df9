import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyRuns } from '#shared/archive/copy.ts';
import { keys } from '#shared/redis/keys.ts';
import { askToForget, takeForgotten, peopleToForget } from '#shared/run/forgetting.ts';
import { forgetRuns } from '#shared/run/forget.ts';
import { createRunStore } from '#shared/run/run-store.ts';
import { vote } from '#shared/run/votes.ts';
import { startTestArchive, type TestArchive } from '#test/lib/archive.ts';
import { POSTGRES_START_TIMEOUT_MS } from '#test/lib/postgres.ts';
import { startTestStore } from '#test/lib/test-store.ts';
import { forgetPeople } from './forget-people.ts';

const { redis, queues } = await startTestStore();
const runs = createRunStore({ redis, queues });
let place: TestArchive;
beforeAll(async () => {
  place = await startTestArchive();
}, POSTGRES_START_TIMEOUT_MS);
afterAll(() => place?.[Symbol.asyncDispose]());

const ann = '223344556677889900';
const bob = '998877665544332211';
const caller = (id: string) => ({ kind: 'discord' as const, id, name: `name-of-${id}` });

async function ended(id: string, who: string, text: string): Promise<void> {
  await runs.accept({ id, caller: caller(who), conversation: `discord:1:${who}`, text });
  await runs.stop(id, 'the test');
}

const archived = async () =>
  JSON.stringify([
    await place.archive.query('SELECT * FROM archive.runs'),
    await place.archive.query('SELECT * FROM archive.entries'),
  ]);

it('archived runs and votes of a person go, those of others stay', async () => {
  await ended('old-ann', ann, 'xylophone of old');
  await ended('old-bob', bob, 'violin of old');
  await vote(redis, runs, 'old-bob', { by: ann, vote: 'down', reason: 'too loud' });
  await vote(redis, runs, 'old-bob', { by: bob, vote: 'up' });
  await copyRuns(redis, place.archive, ['old-ann', 'old-bob']);
  await forgetRuns(redis, ['old-ann', 'old-bob']);
  await ended('new-ann', ann, 'xylophone anew');
  expect(await archived()).toContain('xylophone of old');
  await askToForget(redis, `discord:${ann}`);
  await forgetPeople({ redis, runs, archive: place.archive });
  expect(await takeForgotten(redis, `discord:${ann}`)).toMatchObject({ runs: 1, archived: 1, votes: 1 });
  const left = await archived();
  expect(left).not.toContain('xylophone');
  expect(left).not.toContain(ann);
  expect(left).not.toContain('too loud');
  expect(left).toContain('violin of old');
  expect(left).toContain(bob);
  // A copy that was under way does not bring it back.
  expect(await place.archive.query("SELECT run FROM archive.discarded WHERE run = 'new-ann'")).toHaveLength(1);
});

it('waits for a question that is being answered, and goes on in a later round', async () => {
  await runs.accept({ id: 'held', caller: caller(ann), conversation: `discord:1:${ann}`, text: 'xylophone' });
  const claim = await runs.claim('held', 'a worker');
  await askToForget(redis, `discord:${ann}`);
  await forgetPeople({ redis, runs, archive: place.archive });
  expect(await takeForgotten(redis, `discord:${ann}`)).toBeUndefined();
  expect(await peopleToForget(redis)).toHaveLength(1);
  const record = await runs.read('held');
  if (claim.state !== 'claimed' || !record) throw new Error('it is not held');
  const usage = { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false };
  const end = { usage, models: [], tools: [], iterations: 1, durationMs: 1 };
  await runs.end(record.request, claim, { type: 'run.ended', outcome: 'stopped', text: 'Stopped.', ...end });
  await forgetPeople({ redis, runs, archive: place.archive });
  expect(await takeForgotten(redis, `discord:${ann}`)).toMatchObject({ runs: 1 });
  expect(await redis.exists(keys.run('held'))).toBe(0);
});

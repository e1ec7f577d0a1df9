import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyRuns } from '#shared/archive/copy.ts';
import { keys } from '#shared/redis/keys.ts';
import { askToForget, takeForgotten, peopleToForget } from '#shared/run/forgetting.ts';
import { forgetRuns } from '#shared/run/forget.ts';
import { createRunStore } from '#shared/run/run-store.ts';
import { vote } from '#shared/run/votes.ts';
import { startTestArchive, type TestArchive } from '#test/lib/archive.ts';
import { newestClient } from '#test/lib/mcp-clients.ts';
import { startToolRunner } from '#test/lib/tool-runner.ts';
import { createSigner } from '#shared/rights/tokens.ts';
import { IDEMPOTENCY_META, RUN_FORGOTTEN_METHOD } from '#shared/ground/tool-meta.ts';
import { createMcpClient } from '#services/worker/tools/mcp-client.ts';
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

/** All that Redis holds but the audit log, which stays, as text. */
async function stored(): Promise<string> {
  const names = (await redis.keys('*')).filter((name) => !name.startsWith(keys.audit));
  const read = { hash: 'hgetall', string: 'get', set: 'smembers' } as const;
  const values = names.map(async (name) => {
    const type = await redis.type(name);
    if (type === 'list') return redis.lrange(name, 0, -1);
    if (type === 'zset') return redis.zrange(name, '0', '-1');
    return type === 'stream' ? redis.xrange(name, '-', '+') : redis[read[type as keyof typeof read]](name);
  });
  return JSON.stringify([names, await Promise.all(values)]);
}

it('nothing is left of what a tool was given and has returned: in Redis, in the archive, in a tool-runner’s file', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-forget-'));
  const file = path.join(folder, 'calls.jsonl');
  const env = { FILESYSTEM_ROOT: folder, IDEMPOTENCY_FILE: file };
  const runner = await startToolRunner({ server: 'filesystem', env });
  const asker = { ...caller(ann), discordRoles: [] };
  await runs.accept({ id: 'wrote', caller: asker, conversation: `discord:1:${ann}`, text: 'xylophone' });
  const claim = await runs.claim('wrote', 'a worker');
  const record = await runs.read('wrote');
  if (claim.state !== 'claimed' || !record) throw new Error('it is not held');
  const place0 = { step: 0, call: 0, tool: 'write_file', domain: 'filesystem' };
  const args = { path: 'xylophone.txt', content: 'la' };
  const client = await newestClient(runner, { caller: asker, run: 'wrote' });
  const result = await client.callTool({ name: 'write_file', arguments: args, _meta: { [IDEMPOTENCY_META]: '0.0' } });
  await client.close();
  const long = JSON.stringify(result).repeat(2_000);
  await runs.append('wrote', claim, [
    { type: 'tool.intended', ...place0, arguments: JSON.stringify(args), repeatable: false, idempotencyKey: '0.0' },
    { type: 'tool.finished', ...place0, outcome: 'ok', content: long, durationMs: 1 },
  ]);
  const usage = { inputTokens: 0, outputTokens: 0, costUsd: 0, estimated: false };
  const end = { usage, models: [], tools: [], iterations: 1, durationMs: 1 };
  await runs.end(record.request, claim, { type: 'run.ended', outcome: 'answered', text: 'Written.', ...end });
  await copyRuns(redis, place.archive, ['wrote']);
  const everything = async () => [await stored(), await archived(), await readFile(file, 'utf8')];
  expect((await everything()).map((text) => text.includes('xylophone'))).toEqual([true, true, true]);

  await using calls = createMcpClient(runner.url);
  const signer = createSigner(runner.signingKey);
  let away = true;
  const toolbox = {
    async runForgotten(run: { id: string; caller: typeof record.request.caller }, domains: Iterable<string>) {
      expect([...domains]).toEqual(['filesystem']);
      const claims = { caller: run.caller, run: run.id, tool: '*' };
      return !away && calls.notify(RUN_FORGOTTEN_METHOD, (now) => signer.sign('filesystem', claims, now));
    },
  };
  await askToForget(redis, `discord:${ann}`);
  // While the tool-runner is away, the run that leads to it stays.
  await forgetPeople({ redis, runs, archive: place.archive, toolbox });
  expect(await takeForgotten(redis, `discord:${ann}`)).toBeUndefined();
  away = false;
  await forgetPeople({ redis, runs, archive: place.archive, toolbox });
  expect(await takeForgotten(redis, `discord:${ann}`)).toMatchObject({ runs: 1 });
  expect((await everything()).map((text) => text.includes('xylophone'))).toEqual([false, false, false]);
  await runner[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

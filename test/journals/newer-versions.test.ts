import { afterAll, beforeAll, expect, it } from 'vitest';
import { watchRun } from '#services/cli/ask.ts';
import { decideApproval, listPendingApprovals } from '#shared/run/decide.ts';
import { claimRun } from '#shared/run/claim.ts';
import { createFollower, type RunFollower } from '#shared/run/follower.ts';
import { createLookup } from '#shared/archive/lookup.ts';
import { readJournal } from '#shared/run/journal.ts';
import { keys } from '#shared/redis/keys.ts';
import { replayRun } from '#shared/run/replay.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';
import { readSamples, restore, withNewerKinds, type StoredRun } from './load.ts';

// Two versions run side by side, or a newer one was rolled back. Everything that reads journals must skip kinds of
// entries that only the newer version knows.

const samples = new Map(readSamples('v1').map((sample) => [sample.name, withNewerKinds(sample)]));
let rig: Rig;
/** Without a worker, which would take a run before it is made unreadable. */
let idle: Rig;
let worker: AsyncDisposable;
let follower: RunFollower;
const ids = new Map<string, string>();
const toolbox = createPlayedToolbox({
  look: { run: () => 'Seen now.' },
  write: { readOnly: false, run: () => 'Written now.' },
  hang: { readOnly: false, run: () => 'Hung up.' },
  keyed: { readOnly: false, remembered: true, run: () => 'Remembered.' },
  drop: { readOnly: false, permission: 'approve', run: () => 'Dropped now.' },
});

beforeAll(async () => {
  [rig, idle] = await Promise.all([startRig(), startRig()]);
  rig.model.handle(() => ({ text: 'Gone on.' }));
  worker = await rig.worker({ toolbox });
  follower = createFollower(rig.redis, rig.server.url);
  for (const [name, sample] of samples) ids.set(name, await restore(rig.redis, sample));
});
afterAll(async () => {
  await follower[Symbol.asyncDispose]();
  await worker[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
  await idle[Symbol.asyncDispose]();
});

const idOf = (name: string) => ids.get(name)!;
const gone = { outcome: 'answered', text: 'Gone on.' };
const keptTypes = async (id: string) =>
  (await rig.redis.xrange(keys.journal(id), '-', '+')).map(
    ([, fields]) => (JSON.parse(fields[1] ?? 'null') as { type: string }).type,
  );
const typesOf = ({ journal }: StoredRun) => journal.map(({ entry }) => entry.type);

it.each(['answered', 'failed', 'stopped'])(
  'the journal of a run that %s is read and shown without them',
  async (name) => {
    const own = typesOf(samples.get(name)!).filter((_, index) => index % 2 === 0);
    const id = idOf(name);
    expect((await readJournal(rig.redis, id)).map(({ entry }) => entry.type)).toEqual(own);
    const followed: string[] = [];
    for await (const event of follower.follow(id)) if (event.kind === 'entry') followed.push(event.entry.type);
    expect(followed).toEqual(own.slice(0, own.indexOf('run.ended') + 1));
    const shown: unknown[] = [];
    const audience = { show: (event: unknown) => void shown.push(event), decide: () => Promise.resolve(undefined) };
    const lookup = createLookup(rig);
    const connection = { ...rig, lookup, follower, [Symbol.asyncDispose]: () => Promise.resolve() };
    expect(await watchRun(connection, id, audience)).toMatchObject({ runId: id });
  },
);

it('a worker goes on with a run that has them, and leaves them where they are', async () => {
  const id = idOf('in-flight-read');
  await rig.queues.add('run', { runId: id }, { jobId: id });
  expect(await rig.ended(id)).toMatchObject(gone);
  const before = typesOf(samples.get('in-flight-read')!);
  expect((await keptTypes(id)).slice(0, before.length)).toEqual(before);
});

it('a person is asked and decides', async () => {
  const id = idOf('in-flight-write');
  await rig.queues.add('run', { runId: id }, { jobId: id });
  expect(await rig.entry(id, 'approval.requested')).toMatchObject({ tool: 'hang' });
  const pending = await listPendingApprovals(rig.redis);
  expect(pending.map(({ runId }) => runId)).toEqual(expect.arrayContaining([id, idOf('waiting')]));
  expect(
    await decideApproval({ redis: rig.redis, queues: rig.queues }, id, '1-0-outcome', {
      decision: 'happened',
      by: 'ada',
    }),
  ).toBe('decided');
  expect(
    await decideApproval({ redis: rig.redis, queues: rig.queues }, idOf('waiting'), '0-0', {
      decision: 'allow',
      by: 'ada',
    }),
  ).toBe('decided');
  expect(await rig.ended(id)).toMatchObject(gone);
  expect(await rig.ended(idOf('waiting'))).toMatchObject(gone);
});

it.each(['failed', 'stopped'])('a run that %s is replayed', async (name) => {
  const replayed = await replayRun({ redis: rig.redis, queues: rig.queues }, idOf(name), {
    from: 'start',
    by: 'operator',
  });
  expect(replayed.state).toBe('accepted');
  expect(await rig.ended(`${idOf(name)}-r1`)).toMatchObject(gone);
});

it.each<[string, string]>([
  [
    'an entry with a value that only newer versions know',
    '{"type":"tool.finished","step":0,"call":0,"outcome":"later"}',
  ],
  ['an entry without a kind', '{"step":0}'],
  ['no entry at all', 'null'],
  ['what is no JSON', '{"type":"tool.fini'],
])('a run with %s is left to a version that can read it', async (_, stored) => {
  const { redis, queues } = idle;
  const id = await idle.accept('unreadable', { conversation: 'never worked' });
  await redis.xadd(keys.journal(id), '*', 'e', stored);
  await redis.zadd(keys.unqueued, 1, id);
  const stands = async () => [
    await redis.hgetall(keys.run(id)),
    await redis.xrange(keys.journal(id), '-', '+'),
    (await redis.zscore(keys.unqueued, id)) !== null,
  ];
  const before = await stands();
  await expect(claimRun({ redis, queues }, id, 'old')).rejects.toThrow('cannot read');
  expect(await stands()).toEqual(before);
});

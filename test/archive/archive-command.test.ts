import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { moveAudit } from '#shared/archive/move.ts';
import { keys } from '#shared/redis/keys.ts';
import { recentLists } from '#shared/run/lists.ts';
import { readRun } from '#shared/run/record.ts';
import { readCliConfig } from '#services/cli/config.ts';
import { checkArchive } from '#services/cli/doctor/check-archive.ts';
import { createProgram } from '#services/cli/program.ts';
import { createTestTerminal, type TestTerminal } from '#services/cli/testing/terminal.ts';
import { startTestArchive, type TestArchive } from '#test/lib/archive.ts';
import { POSTGRES_START_TIMEOUT_MS } from '#test/lib/postgres.ts';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

// Runs a worker with an archive and looks at what an operator sees of it at a terminal.

const hour = 3_600_000;
const patience = { timeout: 60_000 };
let rig: Rig;
let place: TestArchive;
let worker: AsyncDisposable;
let old: string;
let young: string;

beforeAll(async () => {
  [rig, place] = await Promise.all([startRig(), startTestArchive()]);
  const toolbox = createPlayedToolbox({ write: { readOnly: false, run: () => 'written' } });
  worker = await rig.worker({ toolbox, cleanMs: 200 }, { ARCHIVE_URL: place.url, ARCHIVE_AFTER_HOURS: 1 });
  vi.stubEnv('REDIS_URL', rig.server.url);
  vi.stubEnv('ARCHIVE_URL', place.url);
  vi.stubEnv('ARCHIVE_AFTER_HOURS', '1');
  vi.stubEnv('DRAGOMAN_SIGNING_KEY', rig.config().DRAGOMAN_SIGNING_KEY);
  old = await writing('Write the old one.');
  await grow(old, 3 * hour);
  young = await writing('Write the young one.');
  await vi.waitUntil(async () => (await readRun(rig.redis, old)) === undefined, patience);
}, POSTGRES_START_TIMEOUT_MS);
afterAll(async () => {
  vi.unstubAllEnvs();
  await worker?.[Symbol.asyncDispose]();
  await rig?.[Symbol.asyncDispose]();
  await place?.[Symbol.asyncDispose]();
});

async function writing(text: string): Promise<string> {
  const write = { toolCalls: [{ name: 'write', arguments: { file: 'a.md' } }] };
  rig.model.script('archive', [write, { text: `Done: ${text}` }]);
  return (await rig.ask(mark('archive', text))).runId;
}

/** Makes a run older than it is. */
async function grow(id: string, ms: number): Promise<void> {
  const record = await readRun(rig.redis, id);
  if (!record) throw new Error(`there is no run ${id}`);
  for (const list of Object.values(recentLists(record.request.caller)))
    await rig.redis.zadd(list, record.acceptedAt - ms, id);
  await rig.redis.hset(keys.run(id), 'acceptedAt', record.acceptedAt - ms, 'endedAt', record.acceptedAt - ms);
}

async function dragoman(...args: string[]): Promise<TestTerminal['written']> {
  const terminal = createTestTerminal({ person: false, columns: 200 });
  await (await createProgram(terminal)).parseAsync(['node', 'dragoman', ...args]);
  return terminal.written;
}

it('lists and shows an archived run like any other', async () => {
  const { out } = await dragoman('jobs', 'list');
  expect(out.indexOf(young)).toBeLessThan(out.indexOf(old));
  expect(out).toMatch(new RegExp(`${old} +answered`));
  const listed = JSON.parse((await dragoman('jobs', 'list', '--json')).out) as { id: string; archived?: boolean }[];
  expect(listed.map(({ id, archived }) => [id, archived])).toEqual([
    [young, undefined],
    [old, true],
  ]);
  const shown = (await dragoman('jobs', 'show', old)).out;
  expect(shown).toContain('(in the archive)');
  expect(shown).toContain('Done: Write the old one.');
  expect(shown).toMatch(/tool\.finished .*write ok/);
  expect((await dragoman('jobs', 'show', young)).out).not.toContain('(in the archive)');
});

it('refuses to replay or requeue it in clear words', async () => {
  const { out } = await dragoman('jobs', 'replay', old, '--from', 'start');
  expect(out).toContain('It is in the archive by now');
  expect(out).toContain('cannot be replayed');
  expect((await dragoman('jobs', 'requeue', old)).out).toContain('has ended');
  process.exitCode = 0;
  expect(await rig.redis.exists(keys.run(old))).toBe(0);
});

it('checks and lists the audit log across the archive and Redis', async () => {
  const rows = await rig.redis.xlen(keys.audit);
  expect(rows).toBe(4);
  // An age of 0 moves every row, whatever the clock says.
  await moveAudit(rig.redis, place.archive, rig.config().DRAGOMAN_SIGNING_KEY, { ms: 0, max: 1 });
  expect(await rig.redis.xlen(keys.audit)).toBeLessThan(4);
  const listed = JSON.parse((await dragoman('audit', 'list', '--json')).out) as { run: string; kind: string }[];
  expect(listed.map(({ run, kind }) => [run, kind])).toEqual([
    [young, 'outcome'],
    [young, 'intent'],
    [old, 'outcome'],
    [old, 'intent'],
  ]);
  expect((await dragoman('audit', 'list', '--run', old)).out).toContain(`${old} 0.0`);
  expect((await dragoman('audit', 'check')).out).toContain('4 rows from');
});

it('is seen by the doctor, and missed by it when it is away', async () => {
  expect(await checkArchive(readCliConfig())).toEqual([expect.objectContaining({ name: 'archive', state: 'ok' })]);
  // From here on nothing is moved any more.
  await worker[Symbol.asyncDispose]();
  worker = await rig.worker({}, { ARCHIVE_URL: 'postgres://x:y@127.0.0.1:9/x', ARCHIVE_AFTER_HOURS: 1 });
  await grow(young, 3 * hour);
  expect((await checkArchive(readCliConfig()))[1]).toMatchObject({ state: 'warning' });
  vi.stubEnv('ARCHIVE_URL', 'postgres://x:secret-word@127.0.0.1:9/x');
  const [finding] = await checkArchive(readCliConfig());
  expect(finding).toMatchObject({ state: 'broken', detail: expect.stringContaining('does not answer') as string });
  expect(JSON.stringify(finding)).not.toContain('secret-word');
  const { out, err } = await dragoman('jobs', 'list');
  expect(err).toContain('Only what Redis keeps was looked at');
  expect(out).not.toContain(old);
  await expect(dragoman('jobs', 'show', old)).rejects.toThrow(/archive does not answer/);
  await expect(dragoman('audit', 'check')).rejects.toThrow(/archive does not answer/);
  vi.stubEnv('ARCHIVE_URL', place.url);
});

it('forgets an archived run when it is discarded', async () => {
  expect((await dragoman('jobs', 'discard', old)).out).toContain('1 discarded');
  await expect(dragoman('jobs', 'show', old)).rejects.toThrow(`There is no run ${old}`);
  expect((await dragoman('audit', 'list', '--kind', 'discard')).out).toContain(old);
});

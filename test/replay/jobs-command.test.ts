import { randomUUID } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { createGateway } from '#services/worker/gateway/create-gateway.ts';
import { createApiKey, revokeApiKey } from '#shared/rights/api-keys.ts';
import { listPendingApprovals } from '#shared/run/decide.ts';
import { appendEntries } from '#shared/run/journal.ts';
import { forgetRuns } from '#shared/run/forget.ts';
import { readRun } from '#shared/run/record.ts';
import { mark, type Turn } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';
import { checkRedis } from '#services/cli/doctor/check-redis.ts';
import { createProgram } from '#services/cli/program.ts';
import { createTestTerminal, type TestTerminal } from '#services/cli/testing/terminal.ts';

let rig: Rig;
let worker: AsyncDisposable;
const toolbox = createPlayedToolbox({ write: { readOnly: false, run: () => 'written' } });

beforeAll(async () => {
  rig = await startRig();
  // There is no breaker, because a test begins with the model as the previous test left it.
  const gateway = createGateway(rig.config(), { breakerFailures: 1_000 });
  worker = await rig.worker({ toolbox, gateway }, { MODEL_RETRY_BUDGET_MS: 1 });
  vi.stubEnv('REDIS_URL', rig.server.url);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await worker[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});
beforeEach(() => rig.redis.del(keys.failed, keys.recent));
afterEach(() => {
  rig.model.reset();
  toolbox.calls.length = 0;
});

const down: Turn = { error: { status: 503 } };
const write: Turn = { toolCalls: [{ name: 'write', arguments: { file: 'a.md' } }] };

async function dragoman(args: string[], options: { person?: boolean; typed?: string } = {}): Promise<TestTerminal> {
  const terminal = createTestTerminal({ person: options.person ?? false, columns: 200 });
  const done = (await createProgram(terminal)).parseAsync(['node', 'dragoman', 'jobs', ...args]);
  if (options.typed !== undefined) terminal.input.write(`${options.typed}\n`);
  await done;
  return terminal;
}

async function failing(count: number, user = 'ada'): Promise<string[]> {
  await rig.model.down();
  const caller = { kind: 'terminal', id: user, name: user } as const;
  const ids = await Promise.all(Array.from({ length: count }, () => rig.accept('Hello?', { caller })));
  await Promise.all(ids.map((id) => rig.ended(id)));
  await rig.model.up();
  return ids;
}

it('tells of an answer that did not reach Discord', async () => {
  const id = await rig.accept('Hello?');
  await rig.ended(id);
  expect((await dragoman(['list'])).written.out).not.toContain('undelivered');
  const why = 'Missing Permissions';
  await rig.runs.undeliverable(id, { type: 'undeliverable', channel: '42', failure: 'forbidden', why });
  expect((await dragoman(['list'])).written.out).toMatch(new RegExp(`${id} +answered, undelivered`));
  // Colours are on where CI is set, so they are removed.
  const shown = stripVTControlCharacters((await dragoman(['show', id])).written.out);
  expect(shown).toContain('answered, undelivered');
  expect(shown).toMatch(/undeliverable +forbidden: the answer does not stand in channel 42 \(Missing Permissions\)/);
  expect(JSON.parse((await dragoman(['show', id, '--json'])).written.out)).toMatchObject({
    undeliverable: 'forbidden',
  });
});

it('shows how many calls of an answer were left out', async () => {
  const toolCalls = Array.from({ length: 40 }, (_, at) => ({ name: 'write', arguments: { file: `${at}.md` } }));
  rig.model.script('many', [{ toolCalls }, { text: 'Done.' }]);
  const { runId } = await rig.ask(mark('many', 'Write all.'));
  expect((await dragoman(['show', runId])).written.out).toContain('write and 8 more, which were left out');
  expect(toolbox.calls).toHaveLength(32);
});

it.each<[string, (id: string) => Promise<unknown>]>([
  ['record', (id) => rig.redis.hset(keys.run(id), 'request', '{"mode":"of a newer version"}')],
  ['record that is no JSON', (id) => rig.redis.hset(keys.run(id), 'request', '{"mo')],
  ['journal', (id) => rig.redis.xadd(keys.journal(id), '*', 'e', '{"type":"tool.finished","outcome":"later"}')],
])('a run whose %s cannot be read costs only itself, and is named', async (_, spoil) => {
  const [readable = ''] = await failing(1);
  const asked = { step: 0, call: 0, tool: 't', arguments: '{}', argumentsHash: 'h', kind: 'policy' as const };
  const [waiting = '', spoilt = ''] = await Promise.all(
    ['readable', 'spoilt'].map(async (text) => {
      // The run waits behind one that never ends, so that no worker takes it.
      const conversation = randomUUID();
      await rig.redis.rpush(keys.line(conversation), 'another');
      const id = await rig.accept(text, { conversation });
      await appendEntries(rig.redis, id, [
        { type: 'approval.requested', approval: '0-0', ...asked, expiresAt: Date.now() + 60_000 },
      ]);
      return id;
    }),
  );
  await spoil(spoilt);
  const listed = await dragoman(['list']);
  expect(listed.written.out).toContain(readable);
  expect(listed.written.out).toContain(waiting);
  expect(listed.written.err).toContain(`1 cannot be read by this version (${spoilt})`);
  expect((await dragoman(['list', '--failed'])).written.out).toContain(readable);
  expect((await listPendingApprovals(rig.redis)).map(({ runId }) => runId)).toContain(waiting);
  const findings = await checkRedis({ REDIS_URL: rig.server.url });
  expect(findings).toContainEqual(
    expect.objectContaining({ name: 'runs', state: 'broken', detail: expect.stringContaining(spoilt) as string }),
  );
  await forgetRuns(rig.redis, [spoilt, waiting]);
  await rig.redis.zrem(keys.open, spoilt, waiting);
  expect((await dragoman(['list'])).written.err).not.toContain('cannot be read');
});

it('replays no run whose key may not ask its model any more, unless another one is named', async () => {
  vi.stubEnv('MODEL_NAME', 'default');
  await createApiKey(rig.redis, { name: 'ci', roles: ['member'] });
  await rig.model.down();
  const id = await rig.accept('Hello?', {
    caller: { kind: 'api', id: 'ci', name: 'ci', roles: ['member'] },
    model: 'big',
  });
  await rig.ended(id);
  await rig.model.up();
  await revokeApiKey(rig.redis, 'ci');
  await createApiKey(rig.redis, { name: 'ci', roles: ['member'], models: ['default'] });
  for (const args of [[id], ['--user', 'ci', '--yes'], [id, '--dry-run']]) {
    const { out } = (await dragoman(['replay', ...args])).written;
    expect(out).toContain('ci may not ask its model, big, any more. --model names another one.');
    expect(process.exitCode).toBe(1);
    process.exitCode = undefined;
  }
  expect((await dragoman(['replay', id, '--model', 'small', '--wait'])).written.out).toContain('1 answered');
  expect(rig.model.requests.at(-1)?.body.model).toBe('small');
});

it('lists what failed by reason, person and time, as JSON too', async () => {
  const [mine = ''] = await failing(1, 'ada');
  await failing(1, 'max');
  const table = await dragoman(['list', '--failed', '--user', 'ada']);
  expect(table.written.out).toContain(mine);
  expect(table.written.out).not.toContain('terminal:max');
  const json = await dragoman(['list', '--reason', 'network', '--since', '1h', '--json']);
  expect(JSON.parse(json.written.out)).toHaveLength(2);
  expect((await dragoman(['list', '--reason', 'bad-key'])).written.err).toContain('No failed run fits.');
});

it('shows the step, what the upstream answered, and calls by number', async () => {
  rig.model.script('show', [write, down]);
  const { runId } = await rig.ask(mark('show', 'Write.'));
  const { out } = (await dragoman(['show', runId])).written;
  expect(out).toContain('0.0 write');
  expect(out).toContain('overloaded: The model is overloaded at the moment. [503');
});

it('shows what the model thought only when asked', async () => {
  rig.model.handle(() => ({ reasoning: 'I weigh it.\nYes.', text: 'Four.' }));
  const { runId } = await rig.ask('How many?');
  const { out } = (await dragoman(['show', runId])).written;
  expect(out).toContain('(thought)');
  expect(out).not.toContain('I weigh it.');
  const asked = stripVTControlCharacters((await dragoman(['show', runId, '--thoughts'])).written.out);
  expect(asked).toMatch(/│ I weigh it\.\n\s+│ Yes\.\n/);
});

it('replays all that a dead gateway has failed, and says how it went', async () => {
  const ids = await failing(20);
  rig.model.handle(() => ({ text: 'Here I am.' }));
  const { out } = (await dragoman(['replay', '--since', '1h', '--rate', '1000', '--wait', '--yes'])).written;
  expect(out).toContain(`${ids[0]} → ${ids[0]}-r1`);
  expect(out).toMatch(/20 answered\n$/);
  expect(await rig.redis.zcard(keys.failed)).toBe(0);
});

it('asks before many, and does nothing without a yes', async () => {
  await failing(2);
  await expect(dragoman(['replay', '--all'])).rejects.toThrow('This would replay 2 runs from the failed step.');
  await expect(dragoman(['replay', '--all'], { person: true, typed: 'n' })).rejects.toThrow('Nothing was done.');
  await expect(dragoman(['replay'])).rejects.toThrow('Name runs');
  expect(await rig.redis.zcard(keys.failed)).toBe(2);
  const two = await dragoman(['discard', '--all'], { person: true, typed: 'yes' });
  expect(two.written.out).toContain('2 discarded');
  expect(await rig.redis.zcard(keys.failed)).toBe(0);
});

it('replays at most --limit runs', async () => {
  await failing(3);
  rig.model.handle(() => ({ text: 'Yes.' }));
  await dragoman(['replay', '--all', '--limit', '2', '--rate', '1000', '--wait', '--yes']);
  expect(await rig.redis.zcard(keys.failed)).toBe(1);
});

it('makes a named call once more', async () => {
  rig.model.script('again', [write, down]);
  const { runId } = await rig.ask(mark('again', 'Write.'));
  rig.model.script('again', [write, { text: 'Twice.' }]);
  const { out } = (await dragoman(['replay', runId, '--call', '0.0', '--wait'])).written;
  expect(out).toContain('1 answered');
  expect(toolbox.calls).toHaveLength(2);
});

it('shows with --dry-run what would be done', async () => {
  rig.model.script('dry', [down]);
  const { runId } = await rig.ask(mark('dry', 'Write.'));
  rig.model.script('dry', [write, { text: 'I would write a.md.' }]);
  const { written } = await dragoman(['replay', runId, '--dry-run']);
  expect(written.out).toContain('answered: I would write a.md.');
  expect(written.err).toContain('was not called');
  expect(toolbox.calls).toEqual([]);
  expect(await readRun(rig.redis, runId)).toMatchObject({ outcome: 'failed' });
});

it('forgets a run for good', async () => {
  const [id = ''] = await failing(1);
  await dragoman(['discard', id]);
  expect(await rig.redis.keys(`*${id}*`)).toEqual([]);
  await expect(dragoman(['show', id])).rejects.toThrow('There is no run');
});

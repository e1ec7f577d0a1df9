import path from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createLookup } from '#shared/archive/lookup.ts';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startApiRig, type ApiRig } from './rig.ts';

let api: ApiRig;
let worker: AsyncDisposable;
let boss: string;
const toolbox = createPlayedToolbox({
  look: { run: () => `seen ${'x'.repeat(5_000)}` },
  write: { run: () => 'Written.', readOnly: false, permission: 'approve' },
});
const policy = `
version: 1
roles:
  member: { allow: [look] }
  operator: { allow: ["*"], approve: [write], operate: true }
members: { everyone: [], terminal: [] }
`;
const open: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  api = await startApiRig({ policy });
  worker = await api.rig.worker({ toolbox });
  boss = await api.key({ name: 'boss', roles: ['operator'] });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
  api.rig.model.reset();
  toolbox.calls.length = 0;
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

const modern = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const;

async function client(key: string): Promise<Client> {
  const made = new Client({ name: 'test', version: '1' }, modern);
  open.push(() => made.close());
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await made.connect(new StreamableHTTPClientTransport(new URL(`${api.url}/mcp`), { requestInit }));
  return made;
}

/** What a tool answers: its data, or the sentence of its refusal. */
async function use(by: Client, name: string, args: object = {}): Promise<Record<string, unknown> | string> {
  const result = await by.callTool({ name, arguments: args as Record<string, unknown> });
  const [first] = result.content as { text: string }[];
  return result.isError ? (first?.text ?? '') : (result.structuredContent as Record<string, unknown>);
}

async function failedRun(key: string): Promise<string> {
  api.rig.model.script('fails', [{ toolCalls: [{ name: 'look', arguments: {} }] }, { error: { status: 401 } }]);
  const response = await api.send('/chat', { key, json: { message: mark('fails', 'Look.') } });
  await response.body?.cancel();
  return response.headers.get('x-dragoman-run') ?? '';
}

const names = ['decide_approval', 'list_approvals', 'list_failed_runs', 'replay_run', 'show_run', 'show_usage'];

test('clients of the newest and of older revisions see the same tools', async () => {
  const older = new OldClient({ name: 'test', version: '1' });
  open.push(() => older.close());
  const requestInit = { headers: { authorization: `Bearer ${boss}` } };
  await older.connect(new OldTransport(new URL(`${api.url}/mcp`), { requestInit }));
  expect((await older.listTools()).tools.map(({ name }) => name)).toEqual(names);
  const { tools } = await (await client(boss)).listTools();
  expect(tools.map(({ name }) => name)).toEqual(names);
  expect(tools.filter(({ annotations }) => annotations?.readOnlyHint).map(({ name }) => name)).toEqual(
    names.filter((name) => /^(?:list|show)/.test(name)),
  );
});

test('nobody without a key gets in', async () => {
  await expect(client('dgm_wrong')).rejects.toThrow();
  const response = await api.send('/mcp', { json: { jsonrpc: '2.0', id: 1, method: 'tools/list' } });
  expect([response.status, await response.json()]).toMatchObject([401, { error: { code: 'invalid_api_key' } }]);
  expect((await api.send('/mcp', { key: boss })).status).toBe(405);
});

test('a failed run is found, shown with long results cut, tried dry, replayed, and the audit log names who', async () => {
  const run = await failedRun(await api.key({ name: 'asker', roles: ['operator'] }));
  const operator = await client(boss);
  expect(await use(operator, 'list_failed_runs', { user: 'asker' })).toMatchObject({ data: [{ id: run }] });
  const shown = JSON.stringify(await use(operator, 'show_run', { run }));
  expect(shown).toMatch(/seen x+… \[\d+ characters cut\]/);
  expect(shown.length).toBeLessThan(10_000);
  api.rig.model.reset();
  api.rig.model.handle(() => ({ text: 'Now it works.' }));
  const dry = await use(operator, 'replay_run', { run });
  expect(dry).toMatchObject({ replay_of: run, dry_run: true });
  expect(await use(operator, 'list_failed_runs', { user: 'asker' })).toMatchObject({ data: [{ id: run }] });
  const replayed = (await use(operator, 'replay_run', { run, dry_run: false })) as { run: string };
  expect(await api.rig.ended(replayed.run)).toMatchObject({ outcome: 'answered', text: 'Now it works.' });
  expect(toolbox.calls).toHaveLength(1);
  expect(await use(operator, 'list_failed_runs', { user: 'asker' })).toMatchObject({ data: [] });
  const { rows } = await createLookup({ redis: api.rig.redis, archive: undefined }).audit({ limit: 50 });
  expect(rows.find(({ kind }) => kind === 'replay')).toMatchObject({ data: { by: 'boss', of: run } });
});

test('approvals are listed and decided, once', async () => {
  api.rig.model.script('write', [{ toolCalls: [{ name: 'write', arguments: { file: 'a' } }] }, { text: 'Done.' }]);
  const run = await api.rig.accept(mark('write', 'Write.'));
  await api.rig.entry(run, 'approval.requested');
  const operator = await client(boss);
  const { data } = (await use(operator, 'list_approvals')) as { data: { id: string; tool: string }[] };
  expect(data).toMatchObject([{ tool: 'write', run }]);
  const id = data[0]?.id ?? '';
  expect(await use(operator, 'decide_approval', { id, decision: 'maybe' })).toContain('must be allow');
  expect(await use(operator, 'decide_approval', { id, decision: 'allow' })).toMatchObject({ decision: 'allow' });
  expect(await api.rig.ended(run)).toMatchObject({ outcome: 'answered' });
  expect(toolbox.calls.map(({ tool }) => tool)).toEqual(['write']);
  expect(await use(operator, 'decide_approval', { id, decision: 'deny' })).toMatch(/^Too late|^There is no/);
});

test('a key that does not operate sees and does no more than over the other routes', async () => {
  const foreign = await failedRun(boss);
  const asker = await api.key({ name: 'small' });
  const own = await failedRun(asker);
  const member = await client(asker);
  const { data } = (await use(member, 'list_failed_runs', { user: 'boss' })) as { data: { id: string }[] };
  expect(data.map(({ id }) => id)).toEqual([own]);
  for (const name of ['show_run', 'replay_run']) {
    expect(await use(member, name, { run: foreign }), name).toBe('There is no run of this id.');
  }
  const { data: usage } = (await use(member, 'show_usage')) as { data: { caller: string }[] };
  expect(usage.map(({ caller }) => caller)).toEqual(['api:small']);
  const waiting = await api.rig.accept(mark('write', 'Write.'));
  expect(await use(member, 'list_approvals')).toEqual({ data: [] });
  expect(await use(member, 'decide_approval', { id: `${waiting}:0.0`, decision: 'allow' })).toMatch(/^There is no/);
});

test.each([
  ['show_run', {}],
  ['show_run', { run: '../x' }],
  ['show_run', { run: 'nowhere' }],
  ['replay_run', { run: 'nowhere', again: ['x'] }],
  ['replay_run', { run: 'nowhere', dry: false }],
  ['show_usage', { month: '2026-13' }],
  ['list_failed_runs', { limit: 1_000 }],
  ['no_such_tool', {}],
])('%s %j is refused with a sentence', async (name, args) => {
  const said = await use(await client(boss), name, args);
  expect(said).toMatch(/^(?:Wrong arguments|There is no)/);
});

test('dragoman mcp operator brings the same over stdio, with its key', async () => {
  const run = await failedRun(boss);
  const program = path.resolve(import.meta.dirname, '../../services/cli/main.ts');
  const env = { PATH: process.env['PATH'] ?? '', DRAGOMAN_STATE_DIR: '/nowhere', DRAGOMAN_API_URL: api.url };
  const over = async (key: string) => {
    const made = new Client({ name: 'test', version: '1' }, modern);
    open.push(() => made.close());
    const args = [program, 'mcp', 'operator'];
    const command = {
      command: process.execPath,
      args,
      env: { ...env, DRAGOMAN_API_KEY: key },
      stderr: 'ignore' as const,
    };
    await made.connect(new StdioClientTransport(command));
    return made;
  };
  const operator = await over(boss);
  expect((await operator.listTools()).tools.map(({ name }) => name)).toEqual(names);
  expect(await use(operator, 'show_run', { run })).toMatchObject({ id: run, outcome: 'failed' });
  expect(await use(operator, 'show_run', { run: 'nowhere' })).toBe('There is no run of this id.');
  await expect(over('dgm_wrong')).rejects.toThrow();
});

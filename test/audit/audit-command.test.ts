import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { auditDiscard } from '#shared/audit/discard.ts';
import { keys } from '#shared/redis/keys.ts';
import { createProgram } from '#services/cli/program.ts';
import { createTestTerminal } from '#services/cli/testing/terminal.ts';
import { mark } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

let rig: Rig;
let worker: AsyncDisposable;
const toolbox = createPlayedToolbox({ write: { readOnly: false, run: () => 'written' }, look: { run: () => 'seen' } });

beforeAll(async () => {
  rig = await startRig();
  worker = await rig.worker({ toolbox });
  vi.stubEnv('REDIS_URL', rig.server.url);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await worker[Symbol.asyncDispose]();
  await rig[Symbol.asyncDispose]();
});
beforeEach(() => rig.redis.del(keys.audit, keys.auditMarks));

async function audit(...args: string[]) {
  const terminal = createTestTerminal({ person: false, columns: 240 });
  await (await createProgram(terminal)).parseAsync(['node', 'dragoman', 'audit', ...args]);
  return terminal.written;
}

async function writing(): Promise<string> {
  rig.model.script('audit', [
    { toolCalls: [{ name: 'look', arguments: { at: 'secret corner' } }] },
    { toolCalls: [{ name: 'write', arguments: { file: 'a.md' } }] },
    { toolCalls: [{ name: 'burn', arguments: {} }] },
    { text: 'Done.' },
  ]);
  return (await rig.ask(mark('audit', 'Write.'))).runId;
}

it('lists who had which tools called, with the arguments of what may change something', async () => {
  const run = await writing();
  const { out } = await audit();
  expect(out).toMatch(new RegExp(`intent +write +\\{"file":"a.md"\\} +${run} 1\\.0`));
  expect(out).toMatch(/intent +look +reads/);
  expect(out).toMatch(/outcome +write +ok, \d+ ms/);
  expect(out).toMatch(/unmade +burn/);
  expect(out).not.toContain('secret corner');
  const json = JSON.parse((await audit('--tool', 'write', '--kind', 'intent', '--run', run, '--json')).out) as object[];
  expect(json).toMatchObject([{ run, kind: 'intent', data: { tool: 'write', arguments: '{"file":"a.md"}' } }]);
  expect((await audit('--user', 'nobody')).err).toContain('Nothing fits');
});

it('checks the chain, and fails with what is wrong', async () => {
  await writing();
  expect((await audit('check')).out).toContain('Each row follows the one before.');
  const [oldest] = await rig.redis.xrange(keys.audit, '-', '+', 'COUNT', 1);
  await rig.redis.xdel(keys.audit, oldest?.[0] ?? '');
  await expect(audit('check')).rejects.toThrow('not as Dragoman wrote it');
});

it('says when there is nothing yet', async () => {
  expect((await audit()).err).toContain('no tool has been called yet');
  expect((await audit('check')).out).toContain('The audit log has no row yet.');
  await auditDiscard(rig.redis, { id: 'r1', who: '' }, 'Ada');
  expect((await audit()).out).toContain('by Ada');
});

it('seals anew with the key that is set, and not what was changed', async () => {
  await writing();
  await expect(audit('seal')).rejects.toThrow('set DRAGOMAN_SIGNING_KEY');
  vi.stubEnv('DRAGOMAN_SIGNING_KEY', 'the-key-of-this-test-and-no-other');
  expect((await audit('seal')).out).toContain('Sealed the audit log up to row');
  expect((await audit('check')).out).toContain('Sealed with the signing key up to');
  const rows = await rig.redis.xrange(keys.audit, '-', '+');
  await rig.redis.xdel(keys.audit, rows[1]?.[0] ?? '');
  await expect(audit('seal')).rejects.toThrow('do not follow one another');
});

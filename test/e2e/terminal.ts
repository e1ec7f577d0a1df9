import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { listPendingApprovals, type PendingApproval } from '#shared/run/decide.ts';
import { createQueues, type Queues } from '#shared/queue/queues.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { acceptRun } from '#shared/run/accept.ts';
import { readRun } from '#shared/run/record.ts';
import { findChromium } from '#test/lib/browser.ts';
import { startProgram } from '#test/lib/stack.ts';
import type { World } from './world.ts';

/** Uses the terminal's command as people do. */
export function terminalScenarios(world: () => World): void {
  describe('dragoman run', () => runScenarios(world));
  describe('dragoman chat', () => chatScenarios(world));
  describe('approvals from another terminal', () => approvalScenarios(world));
  describe('operating', () => operatingScenarios(world));
}

function runScenarios(world: () => World): void {
  it('uses the tools of all four domains and answers from their results', async () => {
    world().model.script('all-domains', (request) =>
      request.step === 0
        ? {
            toolCalls: [
              { name: 'postgres_query', arguments: { query: 'SELECT count(*) AS products FROM products' } },
              { name: 'minio_list_objects', arguments: { bucket_name: 'demo' } },
              { name: 'list_directory', arguments: { path: '.' } },
              { name: 'fetch', arguments: { url: world().page } },
              { name: 'current_time', arguments: { timezone: 'Europe/Berlin' } },
            ],
          }
        : { text: request.results.map(({ text }) => text).join('\n') },
    );
    const { code, stdout, stderr } = await world().stack.dragoman(['run', '[script:all-domains] Look everywhere.']);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/products[\s\S]*\d+/);
    expect(stdout).toContain('.csv');
    expect(stdout).toContain('handbook');
    expect(stdout).toContain('The page says 42.');
    expect(stdout).toContain('Europe/Berlin');
    for (const tool of ['postgres_query', 'minio_list_objects', 'list_directory', 'fetch', 'current_time']) {
      expect(stderr).toMatch(new RegExp(`✓ ${tool} \\d`));
      expect(stdout).not.toContain(`✓ ${tool}`);
    }
  });

  it.skipIf(findChromium() === undefined)(
    'opens a page in a real browser, and asks before it clicks there',
    async () => {
      world().model.script('browser', (request) => {
        const [opened] = request.results;
        const ref = /button "Reveal" \[ref=(\w+)\]/.exec(opened?.text ?? '')?.[1] ?? '';
        const look = { name: 'browser_navigate', arguments: { url: world().form } };
        if (request.step === 0) return { toolCalls: [look, { name: 'browser_screenshot', arguments: {} }] };
        if (request.step === 1)
          return { toolCalls: [{ name: 'browser_click', arguments: { element: 'button "Reveal"', ref } }] };
        return { text: request.results.map(({ text }) => text).join('\n') };
      });
      const asking = ['run', '[script:browser] Press the button of that page.'];
      const { code, stdout, stderr } = await world().stack.dragoman(asking);
      expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.stringContaining('button \\"Reveal\\"') });
      expect(stdout).toContain('heading "The page says nothing yet."');
      expect(stdout).toMatch(/picture browser_screenshot-1\.jpg: image\/jpeg/);
      expect(stdout).toContain('browser_click was not run');
    },
  );

  it('keeps a conversation by its name', async () => {
    world().model.script('memory', (request) => ({
      text: JSON.stringify(request.body.messages),
    }));
    await world().stack.dragoman(['run', '--session', 'one', '[script:memory] My number is 7301.']);
    const { stdout } = await world().stack.dragoman(['run', '--session', 'one', '[script:memory] Which number?']);
    expect(stdout).toContain('7301');
  });

  it('denies what needs a yes when there is nobody to ask; the model hears it, and the exit code says it', async () => {
    world().model.script('write', (request) =>
      request.step === 0
        ? { toolCalls: [{ name: 'write_file', arguments: { path: 'evil.txt', content: 'x' } }] }
        : { text: `Heard: ${request.results.at(-1)?.text}` },
    );
    const { code, stdout, stderr } = await world().stack.dragoman(['run', '[script:write] Write it.']);
    expect(code).toBe(4);
    expect(stderr).toContain('"path": "evil.txt"');
    expect(stderr).toContain('Denied: there is no terminal to ask at.');
    expect(stdout).toMatch(/Heard: .*(denied|said no|not allowed)/is);
    expect(existsSync(path.join(world().stack.folder, 'workspace', 'evil.txt'))).toBe(false);
  });

  it('ends with code 1 and one sentence when the model fails for good', async () => {
    world().model.script('refused', [{ error: { status: 401 } }]);
    const { code, stdout, stderr } = await world().stack.dragoman(['run', '[script:refused] Hello']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).not.toContain('    at ');
  });
}

function chatScenarios(world: () => World): void {
  it('answers line after line in one conversation, shows tool calls, and leaves at the end of the input', async () => {
    world().model.script('chat', (request) =>
      request.user.includes('time') && request.step === 0
        ? { text: 'I look.', toolCalls: [{ name: 'current_time', arguments: {} }] }
        : {
            text: `**Seen** ${
              JSON.stringify(request.body.messages)
                .match(/7301|UTC/g)
                ?.join(' ') ?? 'nothing'
            }`,
          },
    );
    const input = '[script:chat] Remember 7301.\n\n[script:chat] What time?\n/new\n[script:chat] And now?\n';
    const { code, stdout, stderr } = await world().stack.dragoman(['chat'], input);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const [first = '', second = '', third = ''] = stdout.split('Seen').slice(1);
    expect(first).toContain('7301');
    expect(stdout).toMatch(/I look\.\n✓ current_time \d+/);
    expect(second).toMatch(/7301.*UTC/);
    expect(third).not.toContain('7301');
  });
}

function approvalScenarios(world: () => World): void {
  it('are listed with their exact arguments and let the run go on', async () => {
    world().model.script('wait', (request) =>
      request.step === 0
        ? { toolCalls: [{ name: 'write_file', arguments: { path: 'allowed.txt', content: 'by hand' } }] }
        : { text: `Then: ${request.results.at(-1)?.text}` },
    );
    const runId = randomUUID();
    const person = { kind: 'terminal', id: 'somebody' } as const;
    await withQueues(world(), async (redis, queues) => {
      // The person who asked is no longer at the terminal.
      await acceptRun(
        { redis, queues },
        { id: runId, caller: person, conversation: runId, text: '[script:wait] Write.' },
      );
      await expect.poll(() => listPendingApprovals(redis), { timeout: 20_000 }).toMatchObject([{ runId }]);
    });
    const listed = await world().stack.dragoman(['approvals', '--json']);
    const [pending] = JSON.parse(listed.stdout) as PendingApproval[];
    expect(JSON.parse(pending?.request.arguments ?? '')).toEqual({ path: 'allowed.txt', content: 'by hand' });
    const allowed = await world().stack.dragoman(['approvals', 'allow', pending?.request.approval ?? '']);
    expect(allowed).toMatchObject({ code: 0, stdout: 'Allowed: write_file\n' });
    await withQueues(world(), async (redis) => {
      await expect.poll(() => readRun(redis, runId), { timeout: 20_000 }).toMatchObject({ status: 'ended' });
    });
    expect(await readFile(path.join(world().stack.folder, 'workspace', 'allowed.txt'), 'utf8')).toBe('by hand');
    const late = await world().stack.dragoman(['approvals', 'deny', pending?.request.approval ?? '']);
    expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing waits under') });
  });
}

function operatingScenarios(world: () => World): void {
  it('lists tools with what needs a yes', async () => {
    const { code, stdout } = await world().stack.dragoman(['tools', '--json']);
    const tools = JSON.parse(stdout) as { tool: string; permission: string }[];
    expect(code).toBe(0);
    expect(tools.find(({ tool }) => tool === 'postgres_query')?.permission).toBe('allow');
    expect(tools.find(({ tool }) => tool === 'write_file')?.permission).toBe('approve');
    expect(tools.map(({ tool }) => tool)).toContain('current_time');
  });

  it('lists runs, and shows one step by step', async () => {
    world().model.script('one-call', (request) =>
      request.step === 0 ? { toolCalls: [{ name: 'current_time', arguments: {} }] } : { text: 'It is late.' },
    );
    await world().stack.dragoman(['run', '[script:one-call] What time is it?']);
    const { stdout } = await world().stack.dragoman(['jobs', 'list', '--json', '--limit', '1']);
    const [run] = JSON.parse(stdout) as { id: string; outcome: string }[];
    expect(run?.outcome).toBe('answered');
    const shown = await world().stack.dragoman(['jobs', 'show', run?.id ?? '']);
    expect(shown.stdout).toMatch(
      /tool\.intended +0\.0 current_time[\s\S]*tool\.finished +0\.0 current_time ok[\s\S]*It is late\./,
    );
    const unknown = await world().stack.dragoman(['jobs', 'show', 'no-such-run']);
    expect(unknown).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('There is no run no-such-run'),
    });
  });

  it('finds everything well', async () => {
    const { code, stdout } = await world().stack.dragoman(['doctor', '--json']);
    const findings = JSON.parse(stdout) as { name: string; state: string; detail: string }[];
    expect(findings.filter(({ state }) => state === 'broken')).toEqual([]);
    expect(code).toBe(0);
    expect(findings.map(({ name }) => name)).toEqual(expect.arrayContaining(['Redis', 'workers', 'model', 'policy']));
  });

  it('says what is broken and how to mend it', async () => {
    const env = { REDIS_URL: 'redis://127.0.0.1:1', LITELLM_API_BASE: 'http://127.0.0.1:1/v1' };
    const { code, stdout } = await startProgram('services/cli/main.ts', ['doctor'], { env }).finished;
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ Redis[\s\S]*→ npm start/);
    expect(stdout).toMatch(/✗ model[\s\S]*→ .*LITELLM_API_BASE/);
  });
}

/** Uses the stack's Redis as a door does. */
async function withQueues<T>({ stack }: World, work: (redis: Redis, queues: Queues) => Promise<T>): Promise<T> {
  const redis = connectRedis(stack.file().environment['REDIS_URL'] ?? '', 'test');
  await using queues = createQueues(redis);
  try {
    return await work(redis, queues);
  } finally {
    redis.disconnect();
  }
}

import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PendingApproval } from '#shared/approvals.ts';
import { createQueues } from '#shared/queues.ts';
import { connectRedis } from '#shared/redis.ts';
import { acceptRun } from '#shared/runs.ts';
import { processesNaming, startProgram, startTestStack, type TestStack } from '#test/lib/stack.ts';
import { startPlayedModel, type PlayedModel } from '#test/model/played-model.ts';

// The terminal through the whole real stack of `npm start`: Redis, PostgreSQL, S3, files, web page, tool-runners, worker,
// playground and ingress; only the model is played.

let stack: TestStack;
let model: PlayedModel;
let site: Server;
let page: string;

beforeAll(async () => {
  site = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'text/plain' }).end('The page says 42.'),
  );
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(site.address() as AddressInfo).port}`;
  page = `http://${host}/answer`;
  model = await startPlayedModel({ models: ['played'] });
  stack = await startTestStack({ LITELLM_API_BASE: model.url, MODEL_NAME: 'played', FETCH_ALLOWED_HOSTS: host });
}, 120_000);

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await model?.[Symbol.asyncDispose]();
  site?.close();
});

describe('dragoman run', () => {
  it('uses the tools of all four domains and answers from their results', async () => {
    model.script('all-domains', (request) =>
      request.step === 0
        ? {
            toolCalls: [
              { name: 'postgres_query', arguments: { query: 'SELECT count(*) AS products FROM products' } },
              { name: 'minio_list_objects', arguments: { bucket_name: 'demo' } },
              { name: 'list_directory', arguments: { path: '.' } },
              { name: 'fetch', arguments: { url: page } },
              { name: 'current_time', arguments: { timezone: 'Europe/Berlin' } },
            ],
          }
        : { text: request.results.map(({ text }) => text).join('\n') },
    );
    const { code, stdout, stderr } = await stack.dragoman(['run', '[script:all-domains] Look everywhere.']);
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

  it('keeps a conversation by its name', async () => {
    model.script('memory', (request) => ({
      text: JSON.stringify(request.body.messages),
    }));
    await stack.dragoman(['run', '--session', 'one', '[script:memory] My number is 7301.']);
    const { stdout } = await stack.dragoman(['run', '--session', 'one', '[script:memory] Which number?']);
    expect(stdout).toContain('7301');
  });

  it('denies what needs a yes when there is nobody to ask, and the model hears it', async () => {
    model.script('write', (request) =>
      request.step === 0
        ? { toolCalls: [{ name: 'write_file', arguments: { path: 'evil.txt', content: 'x' } }] }
        : { text: `Heard: ${request.results.at(-1)?.text}` },
    );
    const { code, stdout, stderr } = await stack.dragoman(['run', '[script:write] Write it.']);
    expect(code).toBe(0);
    expect(stderr).toContain('"path": "evil.txt"');
    expect(stderr).toContain('Denied: there is no terminal to ask at.');
    expect(stdout).toMatch(/Heard: .*(denied|said no|not allowed)/is);
    const { stdout: files } = await stack.dragoman(['run', '--json', '[script:all-domains] Look.']);
    expect(files).not.toContain('evil.txt');
  });

  it('ends with code 1 and one sentence when the model fails for good', async () => {
    model.script('refused', [{ error: { status: 401 } }]);
    const { code, stdout, stderr } = await stack.dragoman(['run', '[script:refused] Hello']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).not.toContain('    at ');
  });
});

describe('dragoman chat', () => {
  it('answers line after line in one conversation, shows tool calls, and leaves at the end of the input', async () => {
    model.script('chat', (request) =>
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
    const { code, stdout, stderr } = await stack.dragoman(['chat'], input);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const [first = '', second = '', third = ''] = stdout.split('Seen').slice(1);
    expect(first).toContain('7301');
    expect(stdout).toMatch(/I look\.\n✓ current_time \d+/);
    expect(second).toMatch(/7301.*UTC/);
    expect(third).not.toContain('7301');
  });
});

describe('approvals from another terminal', () => {
  it('are listed with their exact arguments and let the run go on', async () => {
    model.script('wait', (request) =>
      request.step === 0
        ? { toolCalls: [{ name: 'write_file', arguments: { path: 'allowed.txt', content: 'by hand' } }] }
        : { text: `Then: ${request.results.at(-1)?.text}` },
    );
    const runId = await askWithoutAnswering('[script:wait] Write it.');
    const listed = async () => JSON.parse((await stack.dragoman(['approvals', '--json'])).stdout) as PendingApproval[];
    await expect.poll(async () => (await listed()).map((each) => each.runId), { timeout: 20_000 }).toEqual([runId]);
    const [pending] = await listed();
    expect(JSON.parse(pending?.request.arguments ?? '')).toEqual({ path: 'allowed.txt', content: 'by hand' });
    const allowed = await stack.dragoman(['approvals', 'allow', pending?.request.approval ?? '']);
    expect(allowed).toMatchObject({ code: 0, stdout: 'Allowed: write_file\n' });
    const shown = async () => (await stack.dragoman(['jobs', 'show', runId])).stdout;
    await expect.poll(shown, { timeout: 20_000 }).toContain('run.ended');
    expect(await readFile(path.join(stack.folder, 'workspace', 'allowed.txt'), 'utf8')).toBe('by hand');
    const late = await stack.dragoman(['approvals', 'deny', pending?.request.approval ?? '']);
    expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing waits under') });
  });
});

/** A run whose person is not at the terminal any more. */
async function askWithoutAnswering(text: string): Promise<string> {
  const redis = connectRedis(stack.file().environment['REDIS_URL'] ?? '', 'test');
  const queues = createQueues(redis);
  const id = randomUUID();
  const caller = { kind: 'terminal', id: 'somebody' } as const;
  await acceptRun(redis, queues, { id, caller, conversation: id, text });
  await queues[Symbol.asyncDispose]();
  redis.disconnect();
  return id;
}

describe('operating', () => {
  it('lists tools with what needs a yes', async () => {
    const { code, stdout } = await stack.dragoman(['tools', '--json']);
    const tools = JSON.parse(stdout) as { tool: string; permission: string }[];
    expect(code).toBe(0);
    expect(tools.find(({ tool }) => tool === 'postgres_query')?.permission).toBe('allow');
    expect(tools.find(({ tool }) => tool === 'write_file')?.permission).toBe('approve');
    expect(tools.map(({ tool }) => tool)).toContain('current_time');
  });

  it('lists runs, and shows one step by step', async () => {
    model.script('one-call', (request) =>
      request.step === 0 ? { toolCalls: [{ name: 'current_time', arguments: {} }] } : { text: 'It is late.' },
    );
    await stack.dragoman(['run', '[script:one-call] What time is it?']);
    const { stdout } = await stack.dragoman(['jobs', 'list', '--json', '--limit', '1']);
    const [run] = JSON.parse(stdout) as { id: string; outcome: string }[];
    expect(run?.outcome).toBe('answered');
    const shown = await stack.dragoman(['jobs', 'show', run?.id ?? '']);
    expect(shown.stdout).toMatch(
      /tool\.intended +current_time[\s\S]*tool\.finished +current_time ok[\s\S]*It is late\./,
    );
    const unknown = await stack.dragoman(['jobs', 'show', 'no-such-run']);
    expect(unknown).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('There is no run no-such-run'),
    });
  });

  it('finds everything well', async () => {
    const { code, stdout } = await stack.dragoman(['doctor', '--json']);
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
});

describe('the starter', () => {
  it('keeps its secrets to its owner', () => {
    expect(statSync(path.join(stack.folder, 'stack.json')).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(stack.folder, 'secrets')).mode & 0o777).toBe(0o700);
    expect(stack.starter.stderr() + stack.starter.stdout()).not.toContain(
      stack.file().environment['DRAGOMAN_SIGNING_KEY'],
    );
  });

  it('does not start twice on the same data', async () => {
    const second = startProgram('start/main.ts', [], { env: { DRAGOMAN_STATE_DIR: stack.folder } });
    expect(await second.finished).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/already runs .*process \d+/),
    });
  });

  it('lets --once use the stack that runs', async () => {
    model.script('once', [{ text: 'Once is enough.' }]);
    const env = { DRAGOMAN_STATE_DIR: stack.folder };
    const once = await startProgram('start/main.ts', ['--once', '[script:once] Hello'], { env }).finished;
    expect(once).toMatchObject({ code: 0, stdout: 'Once is enough.\n' });
  });

  it('starts a crashed service again where its clients know it', async () => {
    const before = stack.file().services['tool-runner-postgres'];
    process.kill(before?.pid ?? 0, 'SIGKILL');
    await expect
      .poll(() => stack.file().services['tool-runner-postgres']?.pid, { timeout: 20_000 })
      .not.toBe(before?.pid);
    expect(stack.file().services['tool-runner-postgres']?.addresses['mcp']).toBe(before?.addresses['mcp']);
    const { code, stdout } = await stack.dragoman(['run', '[script:all-domains] Look again.']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/products[\s\S]*\d+/);
  });

  it('leaves nothing behind when it is killed', async () => {
    expect(processesNaming(stack.folder).length).toBeGreaterThan(10);
    stack.starter.kill('SIGKILL');
    // The leash gives each 20 s to end in order.
    await expect.poll(() => processesNaming(stack.folder), { timeout: 40_000 }).toEqual([]);
  }, 60_000);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keys } from '#shared/redis/keys.ts';
import { fenceOf, openJournal } from '#test/lib/claims.ts';
import { mark, messageText } from '#test/model/turn.ts';
import { createPlayedToolbox } from '#test/worker/played-toolbox.ts';
import { startRig, type Rig } from '#test/worker/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig[Symbol.asyncDispose]());

describe('the worker process', () => {
  it('starts, answers with its own tools although a tool-runner is away, and ends with 0', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'dragoman-worker-'));
    const servers = path.join(folder, 'servers.json');
    await writeFile(servers, JSON.stringify({ mcpServers: { fetch: { command: 'x', domain: 'fetch' } } }));
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts')], {
      env: {
        ...process.env,
        REDIS_URL: rig.server.url,
        LITELLM_API_BASE: rig.model.url,
        DRAGOMAN_SIGNING_KEY: 'k'.repeat(32),
        METRICS_PORT: '0',
        METRICS_HOST: '127.0.0.1',
        MCP_SERVERS_FILE: servers,
        TOOL_RUNNERS: 'fetch=http://127.0.0.1:9/mcp',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let metricsUrl = '';
    const lines = createInterface({ input: child.stdout });
    await new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        const parsed = JSON.parse(line) as { msg: string; addresses?: { metrics: string } };
        if (parsed.msg === 'ready') metricsUrl = parsed.addresses?.metrics ?? '';
        if (parsed.msg === 'ready') resolve();
      });
    });
    expect(await (await fetch(metricsUrl)).text()).toContain(
      'dragoman_model_requests_total{model="default",outcome="timeout"} 0',
    );
    rig.model.script('time', [{ toolCalls: [{ name: 'current_time', arguments: {} }] }, { text: 'It is late.' }]);
    const end = await rig.ask(mark('time', 'What time is it?'));
    expect(end).toMatchObject({ outcome: 'answered', text: 'It is late.', tools: ['current_time'] });
    expect(messageText(rig.model.requests[0]?.body.messages[0])).toContain('cannot be reached at the moment');
    expect((await fetch(metricsUrl.replace('/metrics', '/readyz'))).status).toBe(200);
    const metrics = await (await fetch(metricsUrl)).text();
    expect(metrics).toContain('dragoman_runs_total{source="terminal",outcome="answered"} 1');
    expect(metrics).toMatch(/dragoman_run_wait_seconds_count 1/);
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    await rm(folder, { recursive: true });
  });

  it('says which variable is wrong', async () => {
    const env = { ...process.env, DRAGOMAN_SIGNING_KEY: 'short' };
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'main.ts')], { env });
    const said: string[] = [];
    child.stderr.on('data', (data: Buffer) => said.push(data.toString()));
    expect(await once(child, 'close')).toEqual([78, null]);
    expect(said.join('')).toContain('DRAGOMAN_SIGNING_KEY');
  });
});

describe('housekeeping', () => {
  it('queues runs whose door died before it could', async () => {
    rig.model.script('left', [{ text: 'Found.' }]);
    const runId = await rig.accept(mark('left', 'Left behind.'));
    await rig.queues.queue('runs').obliterate({ force: true });
    await rig.redis.zadd(keys.unqueued, 0, runId);
    await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) });
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'answered', text: 'Found.' });
  });
});

describe('a stop in the moment in which a run is suspended', () => {
  it('does not let it wait', async () => {
    const runId = await rig.accept('Wait.');
    await rig.queues.queue('runs').obliterate({ force: true });
    await rig.runs.claim(runId, 'other');
    await openJournal(rig.redis, runId, 1).append({
      type: 'approval.requested',
      approval: '0-0',
      step: 0,
      call: 0,
      tool: 't',
      arguments: '{}',
      argumentsHash: 'h',
      kind: 'policy',
      expiresAt: Date.now() + 60_000,
    });
    expect(await rig.runs.stop(runId, 'Ann')).toBe('stopping');
    expect(await rig.runs.suspend(runId, await fenceOf(rig.redis, runId, 1))).toBe('queued');
    await using _ = await rig.worker({ toolbox: createPlayedToolbox({}) });
    expect(await rig.ended(runId)).toMatchObject({ outcome: 'stopped' });
  });
});

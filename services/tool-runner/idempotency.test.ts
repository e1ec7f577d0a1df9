import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { IDEMPOTENCY_META, REPEATED_META, RUN_FORGOTTEN_METHOD } from '#shared/ground/tool-meta.ts';
import { ToolError, defineTool } from '#mcp/kit.ts';
import { newestClient, signingFetch } from '#test/lib/mcp-clients.ts';
import { newestRequest } from '#test/lib/raw-mcp.ts';
import { startToolRunner, type TestToolRunner } from '#test/lib/tool-runner.ts';
import { inProcessBackend } from '#shared/runner/backend.ts';
import { OUTCOME_META } from '#shared/ground/tool-meta.ts';

let folder: string;
let made: string[];
let hold: Promise<void>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-calls-'));
  made = [];
  hold = Promise.resolve();
});
afterEach(() => rm(folder, { recursive: true }));

const hints = { destructiveHint: true, openWorldHint: true };

function counter() {
  const tool = (name: string, readOnlyHint: boolean, idempotentHint = false) =>
    defineTool({
      name,
      title: name,
      description: 'Counts calls.',
      input: z.object({ note: z.string() }),
      output: z.object({ made: z.number() }),
      annotations: { ...hints, readOnlyHint, idempotentHint },
      async run({ note }, { signal }) {
        made.push(note);
        await Promise.race([hold, once(signal, 'abort').then(() => Promise.reject(new ToolError('stopped')))]);
        return { data: { made: made.length } };
      },
    });
  return inProcessBackend({
    name: 'counter',
    title: 'Counter',
    tools: [tool('post', false), tool('look', true), tool('set', false, true)],
    check: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  });
}

async function start(run = 'run-1') {
  const env = { IDEMPOTENCY_FILE: path.join(folder, 'calls.jsonl') };
  const runner = await startToolRunner({ server: 'counter', backend: counter(), env });
  const client = await newestClient(runner, { run });
  const call = (note: string, key?: string, name = 'post') =>
    client.callTool({ name, arguments: { note }, ...(key !== undefined && { _meta: { [IDEMPOTENCY_META]: key } }) });
  const stop = async () => {
    await client.close();
    await runner[Symbol.asyncDispose]();
  };
  return { runner, call, stop };
}

it('makes a call with the same key once, also across a restart', async () => {
  const first = await start();
  expect(await first.call('a', 'k1')).toMatchObject({ structuredContent: { made: 1 } });
  expect(await first.call('a', 'k1')).toMatchObject({ structuredContent: { made: 1 } });
  await first.stop();
  const second = await start();
  expect(await second.call('a', 'k1')).toMatchObject({ structuredContent: { made: 1 } });
  expect(await second.call('a', 'k2')).toMatchObject({ structuredContent: { made: 2 } });
  expect(made).toEqual(['a', 'a']);
  await second.stop();
});

it('forgets the calls of a run when it is told to, in memory and in the file, and those of no other', async () => {
  const { runner, call, stop } = await start();
  const other = await newestClient(runner, { run: 'run-2' });
  await call('xylophone', 'k1');
  await other.callTool({ name: 'post', arguments: { note: 'violin' }, _meta: { [IDEMPOTENCY_META]: 'k1' } });
  const stored = () => readFile(path.join(folder, 'calls.jsonl'), 'utf8');
  const lines = async () => (await stored()).trim().split('\n').length;
  expect(await lines()).toBe(4);
  const forget = async (run: string, server = runner.server) => {
    const response = await signingFetch({ ...runner, server }, { run })(runner.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': RUN_FORGOTTEN_METHOD,
      },
      body: JSON.stringify({ jsonrpc: '2.0', method: RUN_FORGOTTEN_METHOD, params: {} }),
    });
    return response.ok;
  };
  expect(await forget('run-1', 'another')).toBe(false);
  expect(await lines()).toBe(4);
  expect(await forget('run-1')).toBe(true);
  // A record of the other run is one line now.
  expect(await lines()).toBe(1);
  expect(await call('xylophone', 'k1')).toMatchObject({ structuredContent: { made: 3 } });
  expect(await lines()).toBe(3);
  const again = { name: 'post', arguments: { note: 'violin' }, _meta: { [IDEMPOTENCY_META]: 'k1' } };
  expect(await other.callTool(again)).toMatchObject({ structuredContent: { made: 2 } });
  await other.close();
  await stop();
});

it('answers the same call that is still under way once it has ended', async () => {
  const { call, stop } = await start();
  const gate = Promise.withResolvers<void>();
  hold = gate.promise;
  const both = Promise.all([call('a', 'k1'), call('a', 'k1')]);
  await expect.poll(() => made.length).toBe(1);
  gate.resolve();
  expect((await both).map((result) => result.structuredContent)).toEqual([{ made: 1 }, { made: 1 }]);
  await stop();
});

it('refuses a key that another call has used, and keeps the keys of runs apart', async () => {
  const { call, stop } = await start();
  await call('a', 'k1');
  const result = await call('b', 'k1');
  expect(result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('nothing was done') }] });
  await stop();
  const other = await start('run-2');
  expect(await other.call('b', 'k1')).toMatchObject({ structuredContent: { made: 2 } });
  await other.stop();
});

it('makes calls without a key, and of tools that only read, each time', async () => {
  const { call, stop } = await start();
  await call('a');
  await call('a');
  await call('a', 'k1', 'look');
  await call('a', 'k1', 'look');
  expect(made).toHaveLength(4);
  expect(await readFile(path.join(folder, 'calls.jsonl'), 'utf8')).toBe('');
  await stop();
});

it('without a file does not make a repeated write that another process may have made', async () => {
  const runner = await startToolRunner({ server: 'counter', backend: counter() });
  const client = await newestClient(runner, { run: 'run-1' });
  const repeat = (name: string, key: string) =>
    client.callTool({ name, arguments: { note: 'a' }, _meta: { [IDEMPOTENCY_META]: key, [REPEATED_META]: true } });
  expect(await repeat('post', 'k1')).toMatchObject({ isError: true, _meta: { [OUTCOME_META]: 'unknown' } });
  expect(made).toEqual([]);
  expect(await repeat('set', 'k2')).toMatchObject({ structuredContent: { made: 1 } });
  await client.callTool({ name: 'post', arguments: { note: 'b' }, _meta: { [IDEMPOTENCY_META]: 'k3' } });
  const known = { [IDEMPOTENCY_META]: 'k3', [REPEATED_META]: true };
  const again = await client.callTool({ name: 'post', arguments: { note: 'b' }, _meta: known });
  expect(again).toMatchObject({ structuredContent: { made: 2 } });
  await client.close();
  await runner[Symbol.asyncDispose]();
});

it('with a file makes a repeated write that had not begun', async () => {
  const { runner, stop } = await start();
  const client = await newestClient(runner, { run: 'run-1' });
  const meta = { [IDEMPOTENCY_META]: 'k1', [REPEATED_META]: true };
  const made = await client.callTool({ name: 'post', arguments: { note: 'a' }, _meta: meta });
  expect(made).toMatchObject({ structuredContent: { made: 1 } });
  await client.close();
  await stop();
});

it('says of a call that it does not let through that it was not run', async () => {
  const { call, stop } = await start();
  await call('a', 'k1');
  expect(await call('b', 'k1')).toMatchObject({ isError: true, _meta: { [OUTCOME_META]: 'not-run' } });
  expect(await call('a', 'k2', 'unknown')).toMatchObject({ isError: true, _meta: { [OUTCOME_META]: 'not-run' } });
  await stop();
});

describe('a call with a key whose caller breaks off', () => {
  /** Makes calls by hand, so that the connection can be broken as a dying process breaks it. */
  async function begin(runner: TestToolRunner, name: string, key: string) {
    const broken = new AbortController();
    const { headers, body } = newestRequest(
      'tools/call',
      { name, arguments: { note: 'a' } },
      { [IDEMPOTENCY_META]: key },
    );
    const post = signingFetch(runner);
    const before = made.length;
    const answer = post(runner.url, { method: 'POST', headers, body, signal: broken.signal }).catch(() => undefined);
    await expect.poll(() => made.length).toBe(before + 1);
    const cancelled = newestRequest('notifications/cancelled', { requestId: 1 });
    return {
      breakOff: async () => {
        broken.abort();
        await answer;
      },
      cancel: () => post(runner.url, { method: 'POST', headers: cancelled.headers, body: cancelled.body }),
    };
  }

  it('goes on, so that its repetition gets the true result', async () => {
    const { runner, call, stop } = await start();
    const gate = Promise.withResolvers<void>();
    hold = gate.promise;
    const begun = await begin(runner, 'post', 'k1');
    await begun.breakOff();
    const again = call('a', 'k1');
    gate.resolve();
    expect(await again).toMatchObject({ structuredContent: { made: 1 } });
    expect(made).toEqual(['a']);
    await stop();
  });

  it('ends when it is cancelled, and is not made again', async () => {
    const { runner, call, stop } = await start();
    hold = new Promise(() => undefined);
    const begun = await begin(runner, 'post', 'k1');
    await begun.cancel();
    await begun.breakOff();
    expect((await call('a', 'k1'))._meta?.[OUTCOME_META]).toBe('unknown');
    expect(made).toEqual(['a']);
    await stop();
  });

  it('is made again when its outcome is unknown and the tool is idempotent', async () => {
    const { runner, call, stop } = await start();
    hold = new Promise(() => undefined);
    const begun = await begin(runner, 'set', 'k1');
    await begun.cancel();
    await begun.breakOff();
    hold = Promise.resolve();
    expect(await call('a', 'k1', 'set')).toMatchObject({ structuredContent: { made: 2 } });
    expect(await call('a', 'k1', 'set')).toMatchObject({ structuredContent: { made: 2 } });
    await stop();
  });
});

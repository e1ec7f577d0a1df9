import path from 'node:path';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, it } from 'vitest';
import { failure } from '#mcp/kit.ts';
import { newestClient, olderClient } from '#test/lib/mcp-clients.ts';
import { startToolRunner, type TestToolRunner } from '#test/lib/tool-runner.ts';

const script = path.resolve(import.meta.dirname, '../../test/lib/scripted-server.ts');

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

async function start(args: string[] = []): Promise<TestToolRunner> {
  const entry = { command: process.execPath, args: [script, ...args] };
  return stack.use(await startToolRunner({ server: 'scripted', entry }));
}

async function connect(runner: TestToolRunner) {
  const client = await newestClient(runner);
  stack.defer(() => client.close());
  return (tool: string, args: Record<string, unknown> = {}, options = {}) =>
    client.callTool({ name: `scripted__${tool}`, arguments: args }, options);
}

function textOf(result: Pick<CallToolResult, 'content'>): string {
  const [first] = result.content;
  return first?.type === 'text' ? first.text : '';
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a supervised child', () => {
  it('is started again after kill -9, and the next call works', async () => {
    const call = await connect(await start());
    const pid = Number(textOf(await call('pid')));
    process.kill(pid, 'SIGKILL');
    // Until its end is noticed and the next child is up, calls are answered with a sentence.
    const later = async () => Number(textOf(await call('pid'))) || pid;
    await expect.poll(later).not.toBe(pid);
    expect(await later()).not.toBe(pid);
  });

  it('dies in the middle of a call: the outcome is unknown, and said', async () => {
    const call = await connect(await start());
    const result = await call('die');
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('outcome is unknown');
    expect(result._meta?.['dragoman/outcome']).toBe('unknown');
  });

  it.each(['stop-reading', 'lose-session'])('that did %s is started again, and the call is made there', async (act) => {
    const call = await connect(await start());
    const before = textOf(await call('pid'));
    await call(act);
    const results = await Promise.all([call('pid'), call('pid'), call('pid')]);
    const pids = new Set(results.map(textOf));
    expect([...pids]).toEqual([expect.stringMatching(/^\d+$/)]);
    expect(pids).not.toContain(before);
  });

  it('is told when the caller goes away', async () => {
    const call = await connect(await start());
    const abort = new AbortController();
    const hanging = call('hang', {}, { signal: abort.signal, timeout: 30_000 });
    const refused = expect(hanging).rejects.toThrow();
    await expect.poll(async () => textOf(await call('hanging'))).toBe('1');
    abort.abort();
    await refused;
    await expect.poll(async () => textOf(await call('hanging'))).toBe('0');
  });

  it('is told when an older client cancels', async () => {
    const runner = await start();
    const call = await connect(runner);
    const older = await olderClient(runner, { tool: 'scripted__hang' });
    stack.defer(() => older.close());
    const abort = new AbortController();
    const hanging = older.callTool({ name: 'scripted__hang' }, undefined, { signal: abort.signal });
    const refused = expect(hanging).rejects.toThrow();
    await expect.poll(async () => textOf(await call('hanging'))).toBe('1');
    abort.abort();
    await refused;
    await expect.poll(async () => textOf(await call('hanging'))).toBe('0');
  });

  it('ends with the runner, and so does what it started', async () => {
    const runner = await start(['ignore-sigterm']);
    const call = await connect(runner);
    const pids = [Number(textOf(await call('pid'))), Number(textOf(await call('fork')))];
    expect(pids.map(alive)).toEqual([true, true]);
    await stack.disposeAsync();
    await expect.poll(() => pids.map(alive)).toEqual([false, false]);
  });

  it('has none of our variables', async () => {
    const call = await connect(await start());
    const names = textOf(await call('environment')).split(' ');
    expect(names).toContain('PATH');
    expect(names.filter((name) => !['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'].includes(name))).toEqual(
      [],
    );
  });

  it('that cannot be started is away, with the reason for the operator', async () => {
    const entry = { command: '/nowhere/server', args: [] };
    const runner = stack.use(await startToolRunner({ server: 'scripted', entry }));
    const readyz = new URL('/readyz', runner.url);
    await expect.poll(async () => await (await fetch(readyz)).text()).toContain('ENOENT');
    expect((await fetch(readyz)).status).toBe(503);
    const call = await connect(runner);
    expect(textOf(await call('pid'))).toBe(
      textOf(
        failure(
          'The server scripted cannot be reached now, so nothing was done. Go on without it, or try again later.',
        ),
      ),
    );
  });

  it.each([
    ['a command that is not there', { command: 'no-such-program' }, 'its command no-such-program was not found'],
    [
      'a folder that is not there',
      { command: process.execPath, cwd: '/nowhere' },
      'its folder (cwd) /nowhere does not',
    ],
    [
      'a program that ends at once',
      { command: process.execPath, args: ['/nowhere/server.js'] },
      "it ended (1): Error: Cannot find module '/nowhere/server.js'",
    ],
    ['a port that nobody listens on', { type: 'http', url: 'http://127.0.0.1:18/mcp' }, 'nobody listens there'],
  ])('says why, of %s', async (_, entry, reason) => {
    const runner = stack.use(await startToolRunner({ server: 'scripted', entry }));
    const readyz = async () => (await fetch(new URL('/readyz', runner.url))).json();
    await expect.poll(readyz).toEqual({ ready: false, checks: { scripted: expect.stringContaining(reason) } });
  });

  it('that takes its time is being started, not away', async () => {
    const entry = { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] };
    const runner = stack.use(await startToolRunner({ server: 'scripted', entry }));
    const report = await (await fetch(new URL('/readyz', runner.url))).json();
    expect(report).toEqual({ ready: false, starting: true, checks: { scripted: 'it is being started' } });
  });
});

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChildTransport, type ChildCommand } from './backends/child-transport.ts';
import { connectChild } from './backends/connect.ts';

// Whatever a runner started ends with it: the child, and what the child started.

const root = path.resolve(import.meta.dirname, '../..');
const limit = { timeout: 20_000, interval: 50 };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dragoman-leftovers-'));
});
afterEach(async () => {
  for (const pid of await started()) if (alive(pid)) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true });
});

/** Shell text of a wrapper that heeds neither the end of its stdin nor, with `trap`, SIGTERM; its files name all pids. */
function deaf(trap = ''): string {
  return `${trap} sleep 300 & touch ${folder}/$$ ${folder}/$!; wait; sleep 300`;
}

async function started(): Promise<number[]> {
  return (await readdir(folder)).map(Number).filter((pid) => pid > 0);
}

/** A zombie that nobody has asked for yet runs no more. */
function alive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function survivors(): Promise<number[]> {
  return (await started()).filter(alive);
}

function commandOf(script: string): ChildCommand {
  const env = { PATH: process.env['PATH'] ?? '' };
  return { server: 'deaf', command: 'sh', args: ['-c', script], env, cwd: undefined };
}

/** A real runner whose first connection stays pending. */
async function startRunner(script: string): Promise<ChildProcess> {
  const list = path.join(folder, 'servers.json');
  await writeFile(list, JSON.stringify({ mcpServers: { deaf: { command: 'sh', args: ['-c', script] } } }));
  const env = {
    PATH: process.env['PATH'],
    MCP_SERVER: 'deaf',
    MCP_SERVERS_FILE: list,
    DRAGOMAN_SIGNING_KEY: 'k'.repeat(40),
    HOST: '127.0.0.1',
    PORT: '0',
    METRICS_PORT: '0',
  };
  const runner = spawn(process.execPath, ['services/tool-runner/main.ts'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return runner;
}

/** Resolves when the runner says that it is ready. */
async function ready(runner: ChildProcess): Promise<void> {
  for await (const chunk of runner.stdout ?? []) if (String(chunk).includes('"msg":"ready"')) break;
}

describe('while the first connection is pending', () => {
  it.each([
    ['SIGTERM', ''],
    ['SIGTERM', 'trap "" TERM;'],
    ['SIGKILL', ''],
    ['SIGKILL', 'trap "" TERM;'],
  ] as const)('%s of the runner leaves nothing behind (child: %s)', async (signal, trap) => {
    const runner = await startRunner(deaf(trap));
    const exited = once(runner, 'exit');
    await ready(runner);
    await expect.poll(survivors, limit).toHaveLength(2);
    runner.kill(signal);
    await exited;
    await expect.poll(survivors, limit).toEqual([]);
  });

  it('SIGTERM before the runner is ready leaves nothing behind', async () => {
    const runner = await startRunner(deaf());
    const exited = once(runner, 'exit');
    // The child is started before the runner listens to signals, or a little later.
    await expect.poll(survivors, { ...limit, interval: 1 }).toHaveLength(2);
    runner.kill('SIGTERM');
    await exited;
    await expect.poll(survivors, limit).toEqual([]);
  });
});

it('a child that does not answer in time is ended, with what it started, and said', async () => {
  const connecting = connectChild(commandOf(`echo loading >&2; ${deaf()}`), new AbortController().signal, 1_500);
  await expect(connecting).rejects.toThrow('it does not answer within 1.5 s: loading');
  expect(await started()).toHaveLength(2);
  await expect.poll(survivors, limit).toEqual([]);
});

it.each([0, 1])('a child that is closed %i ticks after its start was asked for does not stay', async (ticks) => {
  const transport = new ChildTransport(commandOf(deaf()));
  const starting = transport.start().catch(() => undefined);
  for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
  await transport.close();
  await starting;
  await expect.poll(survivors, limit).toEqual([]);
});

it('a transport that was closed starts nothing any more', async () => {
  const transport = new ChildTransport(commandOf(deaf()));
  await transport.close();
  await expect(transport.start()).rejects.toThrow('stopping');
  expect(await started()).toEqual([]);
});

it('what a child that ended by itself has started is gone before the next one', async () => {
  const runner = await startRunner(`sleep 300 & touch ${folder}/$!`);
  const exited = once(runner, 'exit');
  await expect.poll(async () => (await started()).length, limit).toBeGreaterThan(2);
  expect((await survivors()).length).toBeLessThanOrEqual(1);
  runner.kill('SIGTERM');
  await exited;
  await expect.poll(survivors, limit).toEqual([]);
});

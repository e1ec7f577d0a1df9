import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createMemoryCgroup, memoryCgroupMissing, type MemoryCgroup } from '#test/lib/memory-cgroup.ts';
import { why } from './limited.ts';

const limit = 128 * 1024 * 1024;

describe.skipIf(memoryCgroupMissing !== undefined)(`a memory limit for processes${why}`, () => {
  test('a process in it sees the limit, which is what our code goes by', async () => {
    using memory = createMemoryCgroup(limit);
    const { stdout } = await run(memory, 'console.log(process.constrainedMemory())');
    expect(Number(stdout)).toBe(limit);
  });

  test('a process that takes more is killed, and counted', async () => {
    using memory = createMemoryCgroup(limit);
    const hoard = 'const all = []; for (;;) all.push(Buffer.alloc(1e6, 1))';
    expect(await run(memory, hoard)).toMatchObject({ signal: 'SIGKILL' });
    expect(memory.kills()).toBe(1);
    expect(memory.peak()).toBeGreaterThan(0.9 * limit);
  });

  test('one that takes less is not, and its peak is told', async () => {
    using memory = createMemoryCgroup(limit);
    expect(await run(memory, 'Buffer.alloc(40e6, 1)')).toMatchObject({ code: 0 });
    expect(memory.kills()).toBe(0);
    expect(memory.peak()).toBeGreaterThan(40e6);
    expect(memory.peak()).toBeLessThan(limit);
  });

  test('the group is gone afterwards', () => {
    const memory = createMemoryCgroup(limit);
    const folder = memory.enter(['true'])[3]?.replace('/cgroup.procs', '') ?? '';
    expect(existsSync(folder)).toBe(true);
    memory[Symbol.dispose]();
    expect(existsSync(folder)).toBe(false);
  });
});

interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
}

function run(memory: MemoryCgroup, script: string): Promise<End> {
  const [command = '', ...args] = memory.enter([process.execPath, '-e', script]);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, stdout })));
}

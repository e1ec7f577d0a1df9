import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { lives, nameOfProcess, numberOfProcess } from './lives.mjs';

test('a process lives by its name until it ends', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const name = nameOfProcess(child.pid ?? 0);
  expect([lives(name), numberOfProcess(name)]).toEqual([true, child.pid]);
  expect(nameOfProcess(child.pid ?? 0)).toBe(name);
  const ended = once(child, 'exit');
  child.kill();
  await ended;
  expect(lives(name)).toBe(false);
});

test('where only ps tells when a process began, its name is the same in every time zone', () => {
  const { platform } = process;
  onTestFinished(() => {
    Object.defineProperty(process, 'platform', { value: platform });
    vi.unstubAllEnvs();
  });
  Object.defineProperty(process, 'platform', { value: 'darwin' });
  vi.stubEnv('TZ', 'Asia/Tokyo');
  const name = nameOfProcess(process.pid);
  vi.stubEnv('TZ', 'America/New_York');
  expect(name).toMatch(/^\d+@.*-\d\d:\d\d:\d\d-/);
  expect([nameOfProcess(process.pid), lives(name)]).toEqual([name, true]);
});

test('a number that another process has got since names nobody', () => {
  expect(lives(nameOfProcess(process.pid))).toBe(true);
  expect(lives(`${process.pid}@1-of-another-time`)).toBe(false);
});

test('a number alone stands for any process that has it; what is no number for none', () => {
  expect([lives(String(process.pid)), lives(''), lives('0'), lives('-1'), lives('x')]).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});

test('a process that has ended and that nobody has looked after lives no more', async () => {
  // The shell becomes a program that never looks after its child.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [first] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = first.toString().trim();
    await expect.poll(() => lives(pid), { timeout: 5_000 }).toBe(false);
  } finally {
    parent.kill('SIGKILL');
  }
});

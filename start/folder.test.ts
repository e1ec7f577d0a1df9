import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStateFolder } from './folder.ts';

let base: string;

beforeEach(async () => {
  base = path.join(await mkdtemp(path.join(tmpdir(), 'dragoman-state-')), 'state');
});

afterEach(async () => {
  await rm(path.dirname(base), { recursive: true, force: true });
});

test('a secret is made once, for its owner alone', () => {
  using state = openStateFolder(base);
  const secret = state.secret('signing-key');
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  expect(state.secret('signing-key')).toBe(secret);
  expect(state.secret('other')).not.toBe(secret);
  expect(statSync(path.join(base, 'secrets', 'signing-key')).mode & 0o777).toBe(0o600);
  expect(statSync(path.join(base, 'secrets')).mode & 0o777).toBe(0o700);
});

test('a folder that cannot be made is named with what to do', () => {
  writeFileSync(base, '');
  expect(() => openStateFolder(base)).toThrow(/^Dragoman cannot keep its data in .*state: it is a file: remove it, or/);
  const below = path.join(base, 'below');
  expect(() => openStateFolder(below)).toThrow(/below: a part of that path is a file: .*DRAGOMAN_STATE_DIR/);
});

test('where the system takes no folders, that is said', { timeout: 10_000 }, () => {
  expect(() => openStateFolder('/proc/dragoman/state')).toThrow(
    /^Dragoman cannot keep .*: no folder can be made there/,
  );
});

test('what the system says of a folder that is odd in another way is told with what to do, too', () => {
  const long = path.join(path.dirname(base), 'a'.repeat(300));
  expect(() => openStateFolder(long)).toThrow(
    /^Dragoman cannot keep .*ENAMETOOLONG.* Set DRAGOMAN_STATE_DIR to a folder/,
  );
});

test('what is first is first once, whoever opens the folder later', () => {
  {
    using state = openStateFolder(base);
    expect([state.first('start'), state.first('start'), state.first('other')]).toEqual([true, false, true]);
  }
  using again = openStateFolder(base);
  expect(again.first('start')).toBe(false);
});

test('one starter at a time; its end lets the next one in', () => {
  const first = openStateFolder(base);
  expect(() => openStateFolder(base)).toThrow(`process ${process.pid}`);
  first[Symbol.dispose]();
  using second = openStateFolder(base);
  expect(existsSync(path.join(second.path, 'start.lock'))).toBe(true);
});

test('the lock of a starter that was killed does not count', async () => {
  openStateFolder(base)[Symbol.dispose]();
  const dead = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(dead, 'exit');
  writeFileSync(path.join(base, 'start.lock'), String(dead.pid));
  using state = openStateFolder(base);
  expect(state.path).toBe(base);
});

test('a lock does not count when another process has got the number of its holder since', () => {
  openStateFolder(base)[Symbol.dispose]();
  writeFileSync(path.join(base, 'start.lock'), `${process.pid}@1-before-the-machine-was-started-anew`);
  using state = openStateFolder(base);
  expect(state.path).toBe(base);
});

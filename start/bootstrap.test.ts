import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyBootstrap } from './testing/copy-bootstrap.ts';

// A clone on which nothing is installed yet. npm is played, because the real one takes half a minute;
// old-nodes.test.ts has real ones.

const playedNpm = path.join(import.meta.dirname, 'testing/played-npm.cjs');
const started: ChildProcess[] = [];
let folder: string;

beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'dragoman-clone-')), "a klön %20 #1 & 'b'");
  copyBootstrap(folder);
  writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {} } }));
  writeFileSync(path.join(folder, 'hello.mjs'), 'console.log(`hello ${process.argv.slice(2)}`);');
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  const npm = readIfThere('busy');
  if (npm) kill(Number(npm));
  await rm(path.dirname(folder), { recursive: true, force: true });
});

interface Begun {
  child: ChildProcess;
  said(): string;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

function begin(env: NodeJS.ProcessEnv = {}, options: { uid?: number } = {}, node = process.execPath): Begun {
  const child = spawn(node, ['start/bootstrap.mjs', 'hello.mjs', 'you'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], npm_execpath: playedNpm, NPM_GIVES_NODE: process.execPath, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  started.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  return { child, said: () => said, ended };
}

function readIfThere(name: string): string {
  const file = path.join(folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

const installs = () => readIfThere('installs').split('\n').length - 1;
const installing = () => expect.poll(() => readIfThere('busy'), { timeout: 10_000 }).not.toBe('');
const lock = () => path.join(folder, '.dragoman/install.lock');

function leaveLock(text: string): void {
  mkdirSync(path.dirname(lock()));
  writeFileSync(lock(), text);
}

test('it installs once, without a HOME, in a folder with an odd name, and runs the script', async () => {
  const first = begin();
  expect(await first.ended, first.said()).toMatchObject({ code: 0 });
  expect(first.said()).toMatch(/not installed yet: running npm install[^]*Installed in[^]*hello you/);
  const second = begin();
  await second.ended;
  expect(second.said()).toBe('hello you\n');
  expect(installs()).toBe(1);
});

test('of several starts at once in a folder one installs, also after one that was killed', async () => {
  const dead = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(dead, 'exit');
  leaveLock(String(dead.pid));
  const all = Array.from({ length: 5 }, () => begin({ NPM_TAKES_MS: '500' }));
  for (const start of all) {
    expect(await start.ended, start.said()).toMatchObject({ code: 0 });
    expect(start.said()).toContain('hello you');
  }
  expect([installs(), existsSync(path.join(folder, 'two-at-once')), existsSync(lock())]).toEqual([1, false, false]);
});

test('it installs once in a shared folder, which has no hard links', async () => {
  const preload = path.join(folder, 'no-links.cjs');
  writeFileSync(
    preload,
    `const fs = require('node:fs');
     fs.linkSync = () => { throw Object.assign(new Error('EPERM: no links'), { code: 'EPERM' }); };
     require('node:module').syncBuiltinESMExports();`,
  );
  const env = { NPM_TAKES_MS: '500', NODE_OPTIONS: `--require ${JSON.stringify(preload)}` };
  for (const start of [begin(env), begin(env), begin(env)]) {
    expect(await start.ended, start.said()).toMatchObject({ code: 0 });
  }
  expect([installs(), existsSync(path.join(folder, 'two-at-once')), existsSync(lock())]).toEqual([1, false, false]);
});

test('a start that is killed leaves npm at work; the next one waits for that', async () => {
  const first = begin({ NPM_TAKES_MS: '3000' });
  await installing();
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = begin();
  expect(await second.ended, second.said()).toMatchObject({ code: 0 });
  expect(second.said()).toContain('waiting for it');
  expect([installs(), existsSync(path.join(folder, 'two-at-once'))]).toEqual([1, false]);
});

test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('%s ends npm too, and the next start installs', async (signal) => {
  const first = begin({ NPM_TAKES_MS: '60000' });
  await installing();
  const npm = Number(readIfThere('busy'));
  first.child.kill(signal);
  expect((await first.ended).code).not.toBe(0);
  expect(first.said()).not.toContain('Check the network');
  await expect.poll(() => isAlive(npm), { timeout: 5_000 }).toBe(false);
  await rm(path.join(folder, 'busy'));
  const second = begin();
  expect(await second.ended, second.said()).toMatchObject({ code: 0 });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a lock in which nothing could be written any more does not hold', async () => {
  leaveLock('');
  const start = begin();
  expect(await start.ended, start.said()).toMatchObject({ code: 0 });
});

test('a lock does not hold when another process has got the number of its holder since', async () => {
  leaveLock(`${process.pid}@1-before-the-machine-was-started-anew`);
  const start = begin();
  expect(await start.ended, start.said()).toMatchObject({ code: 0 });
  expect(start.said()).not.toContain('waiting for it');
});

test('who waits is told for whom, and what to do if that is somebody else', async () => {
  leaveLock(String(process.pid));
  const start = begin();
  await expect.poll(() => start.said(), { timeout: 5_000 }).toContain('waiting for it');
  expect(start.said()).toContain(`process ${process.pid}`);
  expect(start.said()).toContain(lock());
  await rm(lock());
  expect(await start.ended).toMatchObject({ code: 0 });
});

test('an npm that fails, or is not there, is told with what to do', async () => {
  writeFileSync(path.join(folder, 'failing.cjs'), 'console.error("npm error ECONNREFUSED"); process.exitCode = 1;');
  const failing = begin({ npm_execpath: path.join(folder, 'failing.cjs') });
  expect(await failing.ended).toMatchObject({ code: 1 });
  expect(failing.said()).toMatch(/ECONNREFUSED[^]*npm install failed[^]*network, the npm registry/);
  const without = begin({ npm_execpath: '', PATH: folder });
  expect(await without.ended).toMatchObject({ code: 1 });
  expect(without.said()).toMatch(/npm is not on the path[^]*nodejs\.org/);
  expect(existsSync(lock())).toBe(false);
});

const root = process.getuid?.() === 0;

test.skipIf(!root)("another user's folder is refused in words (skipped where tests are not run by root)", async () => {
  chmodSync(path.dirname(folder), 0o755);
  // That user may not reach our own Node, where this checkout lies below a folder of ours alone.
  const node = path.join(path.dirname(folder), 'node');
  copyFileSync(process.execPath, node);
  const start = begin({}, { uid: 65_534 }, node);
  expect(await start.ended).toMatchObject({ code: 1 });
  expect(start.said()).toMatch(/^Nothing can be installed in .* \(EACCES\): start as the owner/);
});

test.skipIf(!canMount())(
  'a full disk and a read-only one are told (skipped where nothing can be mounted)',
  async () => {
    const place = path.join(folder, '.dragoman');
    mkdirSync(place);
    for (const [options, told] of [
      ['size=4k,nr_inodes=9', /\(ENOSPC\): the disk is full: make room/],
      ['ro', /\(EROFS\): it lies on a file system that is read-only/],
    ] as const) {
      mount(place, options);
      try {
        // The one page that there is.
        if (options !== 'ro') writeFileSync(path.join(place, 'other'), 'x'.repeat(4_096));
        const start = begin();
        expect(await start.ended).toMatchObject({ code: 1 });
        expect(start.said()).toMatch(told);
      } finally {
        spawnSync('umount', [place]);
      }
    }
  },
);

function mount(place: string, options: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'dragoman-test', place]).status === 0;
}

function canMount(): boolean {
  const place = mkdtempSync(path.join(tmpdir(), 'dragoman-mount-'));
  const can = mount(place, 'size=4k');
  if (can) spawnSync('umount', [place]);
  rmdirSync(place);
  return can;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endLeftover } from './leftover.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-leftover-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['SIGQUIT', ''],
  ['SIGKILL', "process.on('SIGQUIT', () => {});"],
])('a server that does not end in order is ended by %s', async (signal, more) => {
  const script = `process.on('SIGINT', () => {}); ${more} console.log('up'); setInterval(() => {}, 1_000);`;
  const server = spawn(process.execPath, ['-e', script, folder], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(server, 'exit');
  await once(server.stdout, 'data');
  writeFileSync(path.join(folder, 'postmaster.pid'), `${server.pid}\n`);
  await endLeftover(folder, 400);
  expect(await ended).toEqual([null, signal]);
});

test('a process of that number that is no server of this folder is left alone', async () => {
  writeFileSync(path.join(folder, 'postmaster.pid'), `${process.ppid}\n`);
  await endLeftover(folder, 400);
  expect(() => process.kill(process.ppid, 0)).not.toThrow();
});

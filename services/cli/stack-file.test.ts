import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readStackFile, writeStackFile } from './stack-file.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-stack-file-'));
  vi.stubEnv('DRAGOMAN_STATE_DIR', folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('a stack counts for as long as its starter lives', () => {
  expect(readStackFile()).toBeUndefined();
  writeStackFile({ pid: process.pid, startedAt: 'now', environment: { REDIS_URL: 'redis://one' }, services: {} });
  expect(readStackFile()?.environment).toEqual({ REDIS_URL: 'redis://one' });
});

test('a stack does not count when another process has got the number of its starter since', () => {
  writeStackFile({ pid: process.pid, startedAt: 'now', environment: {}, services: {} });
  const file = path.join(folder, 'stack.json');
  const stack = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...stack, process: `${process.pid}@1-of-another-time` }));
  expect(readStackFile()).toBeUndefined();
});

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readStackFile, writeStackFile, type StackFile } from '#services/cli/stack-file.ts';
import { refreshStackFile } from './refresh.ts';

let folder: string;
const stack: StackFile = { pid: process.pid, startedAt: 'now', environment: {}, services: {} };
const changed = { ...stack, startedAt: 'later' };
const build = { stopped: () => false, describe: () => changed };

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dragoman-refresh-'));
  vi.stubEnv('DRAGOMAN_STATE_DIR', folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('what has changed is written, of a stack that is up', () => {
  const warn = vi.fn<(text: string) => void>();
  refreshStackFile(build, { warn });
  expect(readStackFile()).toBeUndefined();
  writeStackFile(stack);
  refreshStackFile(build, { warn });
  expect(readStackFile()?.startedAt).toBe('later');
  expect(warn).not.toHaveBeenCalled();
});

test('where nothing can be written the stack goes on, with the file that there is', () => {
  const warn = vi.fn<(text: string) => void>();
  writeStackFile(stack);
  // Stands where the new file would be written, as a full disk or another user's file does.
  mkdirSync(path.join(folder, `stack.json.${process.pid}`, 'full'), { recursive: true });
  refreshStackFile(build, { warn });
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/cannot be written down: EISDIR.*Make room/));
  expect(readStackFile()?.startedAt).toBe('now');
  expect(readdirSync(folder)).toContain('stack.json');
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { writeStackFile } from '../stack-file.ts';
import { checkDisk } from './check-disk.ts';

test('the room on the disk of a stack that runs here is told, with what to do when there is little', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-disk-'));
  vi.stubEnv('DRAGOMAN_STATE_DIR', folder);
  try {
    expect(checkDisk(() => 0)).toEqual([]);
    writeStackFile({ pid: process.pid, startedAt: 'now', environment: {}, services: {} });
    expect(checkDisk(() => 0)).toMatchObject([
      { name: 'disk', state: 'broken', detail: `0 MiB free for ${folder}: what is asked cannot be kept` },
    ]);
    expect(checkDisk(() => 100)).toMatchObject([{ state: 'warning', mend: expect.stringContaining('Make room') }]);
    expect(checkDisk(() => 5_000)).toMatchObject([{ state: 'ok' }]);
    expect(checkDisk(() => undefined)).toEqual([]);
    expect(checkDisk()).toMatchObject([{ name: 'disk', detail: expect.stringMatching(/^\d+ MiB free/) }]);
  } finally {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  }
});

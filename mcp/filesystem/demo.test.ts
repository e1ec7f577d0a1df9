import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { seedWorkspace } from './demo.ts';

test('an empty or missing folder gets documents; any other is left alone', async () => {
  const base = mkdtempSync(path.join(tmpdir(), 'dragoman-workspace-'));
  try {
    const folder = path.join(base, 'deep/workspace');
    expect(await seedWorkspace(folder)).toBe(true);
    expect(readFileSync(path.join(folder, 'notes/welcome.md'), 'utf8')).toContain('# Welcome');
    rmSync(path.join(folder, 'notes'), { recursive: true });
    expect(await seedWorkspace(folder)).toBe(false);
    expect(readdirSync(folder)).toEqual(['handbook']);
    writeFileSync(path.join(base, 'mine.txt'), '');
    expect(await seedWorkspace(base)).toBe(false);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
});

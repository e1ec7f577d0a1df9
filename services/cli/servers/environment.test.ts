import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runnerEnvironment } from './environment.ts';

test('what .env sets is known, and the environment stands above it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dragoman-env-'));
  writeFileSync(path.join(folder, '.env'), 'OF_THE_FILE="a b"\nHOME=/nowhere\n');
  expect(runnerEnvironment(folder)).toMatchObject({ OF_THE_FILE: 'a b', HOME: process.env['HOME'] });
  rmSync(folder, { recursive: true });
  expect(runnerEnvironment(folder)).not.toHaveProperty('OF_THE_FILE');
});

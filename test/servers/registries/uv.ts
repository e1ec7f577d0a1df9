import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where uv is kept for all clones of the repository. */
export function uvFolder(): string {
  return path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'dragoman', 'uv');
}

/** Installs uv from PyPI, once. Rejects with the reason when that is not possible. */
export async function installUv(): Promise<void> {
  const folder = uvFolder();
  const complete = path.join(folder, 'complete');
  if (existsSync(complete)) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.dirname(folder), { recursive: true });
  await run('python3', ['-m', 'venv', folder]);
  await run(path.join(folder, 'bin/pip'), ['install', '-q', 'uv'], { timeout: 180_000 });
  writeFileSync(complete, '');
}

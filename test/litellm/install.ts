import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { told } from '#test/lib/told.ts';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');

/** The version that compose.yaml pins. */
export function pinnedVersion(): string {
  const found = /LITELLM_VERSION:-v([\d.]+)/.exec(readFileSync(path.join(root, 'compose.yaml'), 'utf8'));
  if (!found?.[1]) throw new Error('compose.yaml pins no LITELLM_VERSION');
  return found[1];
}

/**
 * The folder of a Python environment with the pinned LiteLLM. It is made once from PyPI and kept for all clones of the
 * repository. Rejects with the reason when it cannot be made here.
 */
export async function installLitellm(say: (line: string) => void): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  const folder = path.join(cache, 'dragoman', `litellm-${pinnedVersion()}`);
  const complete = path.join(folder, 'complete');
  if (existsSync(complete)) return folder;
  say(`installing LiteLLM ${pinnedVersion()} from PyPI (once, a few minutes)`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.dirname(folder), { recursive: true });
  await told(say, 'making a Python environment', () => run('python3', ['-m', 'venv', folder]));
  const packages = [`litellm[proxy]==${pinnedVersion()}`, 'prometheus_client'];
  await told(say, 'installing its packages', () =>
    run(path.join(folder, 'bin/pip'), ['install', '-q', ...packages], { maxBuffer: 50_000_000 }),
  );
  writeFileSync(complete, '');
  return folder;
}

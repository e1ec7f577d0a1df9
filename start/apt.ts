import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { StartError } from './errors.ts';

/** Whether a program can be run by its name. */
export function onPath(program: string, searched = process.env['PATH'] ?? ''): boolean {
  return searched.split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

/**
 * What stands before `apt-get`: nothing for root, sudo where it asks for no password. Undefined when we cannot install.
 */
export function aptPrefix(): string[] | undefined {
  if (!existsSync('/etc/debian_version') || !onPath('apt-get')) return undefined;
  if (process.getuid?.() === 0) return [];
  if (!onPath('sudo')) return undefined;
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
}

/**
 * Installs Debian packages after saying so. Throws StartError when apt fails; its output goes to stderr. It never asks
 * for a password: a person who would need one is told what to run.
 */
export async function aptInstall(packages: string[], why: string, say: (text: string) => void): Promise<void> {
  const prefix = aptPrefix();
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (!prefix) throw new StartError(`${why} Install it: ${command}`);
  say(`${why} Installing it: ${[...prefix, command].join(' ')}`);
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...packages];
  if ((await run([...prefix, ...install])) === 0) return;
  // The package lists of a fresh machine are empty or old.
  await run([...prefix, 'apt-get', 'update', '-q']);
  if ((await run([...prefix, ...install])) === 0) return;
  throw new StartError(`apt-get could not install ${packages.join(', ')} (see above). Install it by hand: ${command}`);
}

function run([command = '', ...args]: string[]): Promise<number | null> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const child = spawn(command, args, { stdio: ['ignore', 2, 2], env });
  return new Promise((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', resolve);
  });
}

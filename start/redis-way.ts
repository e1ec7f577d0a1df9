import { spawnSync } from 'node:child_process';
import { aptInstall, aptPrefix, onPath } from './apt.ts';
import { StartError } from './errors.ts';

/** How a Redis of our own can be run on this machine. */
export type RedisWay = 'redis-server' | 'valkey-server' | 'docker';

/**
 * The way to run Redis here: a server on the path, else Docker, else (as root or with passwordless sudo on a
 * Debian-like system) a server that apt installs after `say` has said so. Throws StartError with one clear line when no
 * way is open.
 */
export async function findRedis(say: (text: string) => void): Promise<RedisWay> {
  const server = serverOnPath();
  if (server) return server;
  if (dockerWorks()) return 'docker';
  if (aptPrefix()) {
    await aptInstall(['redis-server'], 'Redis is not on this machine.', say);
    const installed = serverOnPath();
    if (installed) return installed;
  }
  throw new StartError(
    `Redis is missing: set REDIS_URL, or install redis-server, valkey-server or Docker${hint()}, and start again.`,
  );
}

/** What installs a server, by the program that does it, in the order in which they are looked for. */
const installers: [program: string, command: string][] = [
  ['brew', 'brew install redis'],
  ['apt-get', 'sudo apt-get install redis-server'],
  ['dnf', 'sudo dnf install redis'],
  ['pacman', 'sudo pacman -S valkey'],
  ['zypper', 'sudo zypper install redis'],
];

function hint(): string {
  const [, command] = installers.find(([program]) => onPath(program)) ?? [];
  return command === undefined ? '' : ` (${command})`;
}

function serverOnPath(): RedisWay | undefined {
  return (['redis-server', 'valkey-server'] as const).find((name) => onPath(name));
}

function dockerWorks(): boolean {
  return onPath('docker') && spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ServerUser {
  uid: number;
  gid: number;
}

/**
 * The user for a server that refuses to run as root: `postgres` where it exists, else `nobody`; undefined when we are
 * not root.
 */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const fields = ['postgres', 'nobody'].map((name) => lines.find((line) => line.startsWith(`${name}:`))?.split(':'));
  const [, , uid, gid] = fields.find(Boolean) ?? ['', '', '65534', '65534'];
  return { uid: Number(uid), gid: Number(gid) };
}

/** Whether that user can read the file; the rights of every folder above it decide that too. */
export function canRead(user: ServerUser | undefined, file: string): boolean {
  if (!user) return true;
  return spawnSync('test', ['-r', file], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

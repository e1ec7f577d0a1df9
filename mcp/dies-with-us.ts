import { spawnSync } from 'node:child_process';

/** Who a child runs as. */
export interface ChildUser {
  uid: number;
  gid: number;
}

const known = new Map<string, boolean>();

/**
 * Makes the command run as `user` and get `signal` when this process dies, even by SIGKILL. Where the system cannot do
 * that, the command is returned as it is, and the next start must end what was left behind.
 */
export function diesWithUs(command: string[], user: ChildUser | undefined, signal: 'INT' | 'KILL' = 'INT'): string[] {
  const drop = user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'] : [];
  const setpriv = ['setpriv', ...drop, '--pdeathsig', signal];
  if (works(setpriv)) return [...setpriv, ...command];
  if (user)
    throw new Error('PostgreSQL does not run as root, and setpriv (util-linux) is missing: start as another user.');
  return command;
}

/** Asked once of each kind: to run a program takes milliseconds. */
function works(setpriv: string[]): boolean {
  const name = setpriv.join(' ');
  const answer =
    known.get(name) ??
    spawnSync(setpriv[0]!, [...setpriv.slice(1), 'true'], { cwd: '/', stdio: 'ignore' }).status === 0;
  known.set(name, answer);
  return answer;
}

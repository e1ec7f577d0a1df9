import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** The file descriptor that the guard reads: a pipe of which the runner holds the other end. */
export const guardFd = 3;

/**
 * Runs as the first process of the child's group, and turns into the child once its guard is there. The guard waits for the
 * end of the pipe, which comes when the runner is gone, whatever ended it; then it ends its own group: the child, what the
 * child started, and at last itself. It belongs to nobody (`( … & )`), so that the child has no child which it does not know.
 */
const script = `(
  {
    trap '' TERM INT HUP
    read -r _
    sleep 1.5
    kill -TERM 0
    sleep 1.5
    kill -KILL 0
  } <&${guardFd} ${guardFd}<&- >/dev/null 2>&1 &
)
exec "$@" ${guardFd}<&-`;

/** What a shell adds to the environment by itself. */
const ofShell = ['PWD', 'OLDPWD'];

/**
 * The command line of `command`, with a guard in its process group. It is to be spawned detached in the environment `env`, with
 * a pipe at `guardFd`.
 */
export function guarded(command: string, args: readonly string[], env: Record<string, string>): [string, string[]] {
  const added = ofShell.filter((name) => env[name] === undefined);
  const tidy = added.length > 0 ? `unset ${added.join(' ')}\n` : '';
  return ['/bin/sh', ['-c', tidy + script, 'sh', command, ...args]];
}

/** Throws what `spawn` would: ENOENT when there is no such command, EACCES when it may not be run. */
export function assertRunnable(command: string, env: Record<string, string>, cwd = process.cwd()): void {
  const folders = command.includes('/') ? [''] : (env['PATH'] ?? '/usr/bin:/bin').split(':');
  let code = 'ENOENT';
  for (const folder of folders) {
    const file = path.resolve(cwd, folder, command);
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) continue;
    if (mayRun(file)) return;
    code = 'EACCES';
  }
  throw Object.assign(new Error(`spawn ${command} ${code}`), { code });
}

function mayRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

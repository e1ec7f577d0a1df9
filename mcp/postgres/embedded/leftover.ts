import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

/**
 * How a server is asked to end: in order and, where that does not end it, at once, which its next start mends from its
 * log of writes. A server that lost some of its processes may wait for them for ever.
 */
const endings = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const;

/**
 * Ends a PostgreSQL that still runs on this folder because its starter was killed. The pid file alone proves nothing,
 * since after a crash the pid may belong to another process: so the process must also name the folder in its command
 * line.
 */
export async function endLeftover(folder: string, patienceMs = 10_000): Promise<void> {
  const file = path.join(folder, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n', 1)[0]);
  if (!(pid > 1) || !commandOf(pid).includes(folder)) {
    rmSync(file, { force: true });
    return;
  }
  for (const signal of endings) {
    process.kill(pid, signal);
    const deadline = performance.now() + patienceMs;
    while (performance.now() < deadline) {
      if (!commandOf(pid).includes(folder)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`PostgreSQL (process ${pid}) of an earlier start does not end.`);
}

/** The command line of a process; empty when there is none. */
function commandOf(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

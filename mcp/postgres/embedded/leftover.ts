import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

const stopTimeoutMs = 20_000;

/**
 * Ends a PostgreSQL that still runs on this folder because its starter was killed. The pid file alone proves nothing,
 * since after a crash the pid may belong to another process: so the process must also name the folder in its command
 * line.
 */
export async function endLeftover(folder: string): Promise<void> {
  const file = path.join(folder, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n', 1)[0]);
  if (!(pid > 1) || !commandOf(pid).includes(folder)) {
    rmSync(file, { force: true });
    return;
  }
  process.kill(pid, 'SIGINT');
  const deadline = performance.now() + stopTimeoutMs;
  while (commandOf(pid).includes(folder)) {
    if (performance.now() > deadline) throw new Error(`PostgreSQL (process ${pid}) of an earlier start does not end.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
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

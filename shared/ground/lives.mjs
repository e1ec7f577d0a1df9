// Plain JavaScript that Node 18 understands: start/bootstrap.mjs needs it before anything is installed.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Names a process as no later one is named: by its number and when it began. Numbers alone come again, after a restart
 * of the machine and, in a container, with every start.
 */
export function nameOfProcess(pid) {
  const began = beginning(pid);
  return typeof began === 'string' ? `${pid}@${began}` : String(pid);
}

/** The number in a name. 0 for a text that is no name. */
export function numberOfProcess(name) {
  return Number.parseInt(name, 10) || 0;
}

/** Whether the process of that name still runs, whoever owns it. A number alone stands for any process that has it. */
export function lives(name) {
  const pid = numberOfProcess(name);
  if (pid <= 0 || !exists(pid)) return false;
  const began = beginning(pid);
  const [, wanted] = name.split('@');
  return began !== 'ended' && (began === undefined || wanted === undefined || began === wanted);
}

function exists(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * When a process began, in a form of the system's own. `ended`: it has, and only waits for its parent to see it.
 * Undefined where that cannot be told.
 */
function beginning(pid) {
  try {
    if (process.platform !== 'linux') {
      // Another terminal may have another time zone and language, and must come to the same name.
      const asked = ['TZ=UTC', 'LC_ALL=C', 'ps', '-o', 'lstart=', '-p', String(pid)];
      const told = execFileSync('env', asked, { encoding: 'utf8', stdio: 'pipe' });
      return told.trim().replaceAll(/\s+/g, '-') || undefined;
    }
    // proc_pid_stat(5): the name in brackets may hold anything; after it come state, …, starttime in ticks since boot.
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return state === 'Z' || state === 'X' ? 'ended' : `${fields[18]}-${bootId()}`;
  } catch {
    return undefined;
  }
}

function bootId() {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

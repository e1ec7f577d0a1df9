import { statfsSync } from 'node:fs';
import { readStackFile, stateFolder } from '../stack-file.ts';
import { broken, ok, warning, type Finding } from './finding.ts';

/** Below this Redis and PostgreSQL of `npm start` end with the next thing that they write. */
const fullMiB = 16;
const littleMiB = 200;

/**
 * Whether the stack of this folder has room on its disk: its Redis ends when it cannot write, and is there again a
 * second later, so that nothing else shows it. Nothing to say where no stack runs.
 */
export function checkDisk(freeMiB = freeMiBOf): Finding[] {
  if (!readStackFile()) return [];
  const folder = stateFolder();
  const free = freeMiB(folder);
  if (free === undefined) return [];
  const detail = `${free} MiB free for ${folder}`;
  const mend = 'Make room there, or stop, set DRAGOMAN_STATE_DIR to a folder on another disk, and start again.';
  if (free < fullMiB) return [broken('disk', `${detail}: what is asked cannot be kept`, mend)];
  return [free < littleMiB ? warning('disk', detail, mend) : ok('disk', detail)];
}

/** Undefined where the system does not tell. */
function freeMiBOf(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return Math.floor((bavail * bsize) / 1_048_576);
  } catch {
    return undefined;
  }
}

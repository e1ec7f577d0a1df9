import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A memory limit like a container's, for real processes. Needs root. */
export interface MemoryCgroup extends Disposable {
  /** A command that runs `command` inside the group, in place of itself. */
  enter(command: readonly string[]): string[];
  /** The most bytes that were held at once; undefined where the kernel does not say. */
  peak(): number | undefined;
  /** How many processes the kernel has killed because of the limit. */
  kills(): number;
}

/**
 * The files of cgroup v1 and v2 by their purpose (kernel: Documentation/admin-guide/cgroup-v1/memory.rst,
 * cgroup-v2.rst).
 */
interface Hierarchy {
  /** The folder in which groups are made. */
  base: string;
  limits: string[];
  peak: string;
  events: string;
}

const mount = '/sys/fs/cgroup';

const found = findHierarchy();

/** Why no process can get a memory limit here; undefined when one can. */
export const memoryCgroupMissing = typeof found === 'string' ? found : undefined;

/**
 * Makes a group whose processes may hold `limitBytes` together, page cache included. All must have ended before it is
 * disposed.
 */
export function createMemoryCgroup(limitBytes: number): MemoryCgroup {
  if (typeof found === 'string') throw new Error(found);
  const { base, limits, peak, events } = found;
  const folder = path.join(base, `dragoman-test-${randomUUID()}`);
  mkdirSync(folder);
  for (const name of limits) {
    const file = path.join(folder, name);
    // The file does not exist when the kernel does not account for swap.
    if (existsSync(file)) writeFileSync(file, name === 'memory.swap.max' ? '0' : String(limitBytes));
  }
  const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');
  return {
    enter: (command) => ['/bin/sh', '-c', 'echo $$ > "$0" && exec "$@"', path.join(folder, 'cgroup.procs'), ...command],
    peak: () => (existsSync(path.join(folder, peak)) ? Number(read(peak)) : undefined),
    kills: () => Number(/^oom_kill (\d+)$/m.exec(read(events))?.[1] ?? 0),
    [Symbol.dispose]: () => removeGroup(folder),
  };
}

/** The hierarchy in which this process may make groups, or the reason why there is none. */
function findHierarchy(): Hierarchy | string {
  const own = existsSync('/proc/self/cgroup') ? readFileSync('/proc/self/cgroup', 'utf8') : '';
  const v1 = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(own)?.[1];
  const candidates = v1 === undefined ? secondVersion(own) : firstVersion(v1);
  if (candidates.length === 0) return 'no memory cgroups here';
  return candidates.find(usable) ?? 'memory cgroups cannot be made here (root is needed)';
}

function firstVersion(own: string): Hierarchy[] {
  const root = path.join(mount, 'memory');
  return [path.join(root, own), root].map((base) => ({
    base,
    // The order matters: memory and swap together may not be less than memory alone.
    limits: ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'],
    peak: 'memory.max_usage_in_bytes',
    events: 'memory.oom_control',
  }));
}

/** A group with processes of its own passes no controllers on, so the root is tried as well. */
function secondVersion(own: string): Hierarchy[] {
  const group = /^0::(.*)$/m.exec(own)?.[1];
  if (group === undefined || !existsSync(path.join(mount, 'cgroup.controllers'))) return [];
  return [path.join(mount, group), mount].map((base) => ({
    base,
    limits: ['memory.max', 'memory.swap.max'],
    peak: 'memory.peak',
    events: 'memory.events',
  }));
}

/** Tries it instead of guessing, because the files' modes do not show what a container may do. */
function usable({ base, limits }: Hierarchy): boolean {
  const probe = path.join(base, `dragoman-probe-${randomUUID()}`);
  try {
    const control = path.join(base, 'cgroup.subtree_control');
    if (existsSync(control) && !readFileSync(control, 'utf8').split(/\s+/).includes('memory')) {
      writeFileSync(control, '+memory');
    }
    mkdirSync(probe);
  } catch {
    return false;
  }
  try {
    accessSync(path.join(probe, limits[0] ?? ''), constants.W_OK);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(probe);
  }
}

/** A process that was killed is in its group for a moment more, in which the group cannot be removed. */
function removeGroup(folder: string): void {
  for (let left = 100; ; left -= 1) {
    try {
      return rmdirSync(folder);
    } catch (error) {
      if (left === 0 || (error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
  }
}

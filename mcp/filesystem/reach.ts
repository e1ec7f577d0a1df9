import { existsSync, constants } from 'node:fs';
import type { Stats } from 'node:fs';
import { lstat, open, readlink, realpath, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './refusal.ts';

/** Something on disk that is held open: whatever its name comes to mean, `reach` leads to this very inode. */
export interface Held {
  handle: FileHandle;
  stat: Stats;
  /** A path to the held inode itself; for a directory, `${reach}/name` is the entry in that very directory. */
  reach: string;
}

/** A symbolic link, not followed. */
export interface Link {
  target: string;
}

/**
 * Linux keeps every descriptor reachable under /proc/self/fd, which makes plain paths behave as openat(2) does:
 * no name above the held directory is looked up again, so nobody can swap it. Elsewhere names are checked
 * after opening, which leaves a narrow race: production is Linux.
 */
const descriptorPaths = process.platform === 'linux' && existsSync('/proc/self/fd');

/** O_PATH names an inode without opening it: no FIFO blocks and no device acts. Node has no constant for it. */
const O_PATH = 0o10000000;
const HOLD = descriptorPaths
  ? O_PATH | constants.O_NOFOLLOW
  : constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** Holds a directory that the operator named; links in it are followed. */
export async function holdRoot(root: string): Promise<Held> {
  // Where the descriptor leads needs no name; elsewhere later names are checked against the real one.
  const name = descriptorPaths ? root : await realpath(root);
  const handle = await open(name, descriptorPaths ? O_PATH : constants.O_RDONLY);
  return { handle, stat: await handle.stat(), reach: reachOf(handle, name) };
}

/** How often an entry that changes while it is looked at is looked at again. */
const LOOKS = 8;

/** Holds the entry `name` of a held directory. A link is told, not followed. Throws the system's error (ENOENT …). */
export async function holdChild(parent: Held, name: string): Promise<Held | Link> {
  const full = `${parent.reach}/${name}`;
  if (!descriptorPaths) return holdByName(full);
  for (let look = 0; look < LOOKS; look += 1) {
    const held = await holdEntry(full);
    if (held) return held;
    const target = await targetOf(full);
    if (target !== undefined) return { target };
  }
  throw changed();
}

/** Undefined when the entry is a link. */
async function holdEntry(full: string): Promise<Held | undefined> {
  const handle = await open(full, HOLD);
  try {
    const stat = await handle.stat();
    if (!stat.isSymbolicLink()) return { handle, stat, reach: reachOf(handle, full) };
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return undefined;
}

/** Undefined when the entry is no link any more. */
async function targetOf(full: string): Promise<string | undefined> {
  try {
    return await readlink(full);
  } catch (error) {
    if (errorCode(error) === 'EINVAL') return undefined;
    throw error;
  }
}

async function holdByName(full: string): Promise<Held | Link> {
  const before = await lstat(full);
  if (before.isSymbolicLink()) return { target: await readlink(full) };
  const handle = await open(full, HOLD);
  const stat = await handle.stat();
  const real = await realpath(full);
  if (stat.ino === before.ino && stat.dev === before.dev && real === path.resolve(full))
    return { handle, stat, reach: full };
  await handle.close();
  throw changed();
}

function changed(): Error {
  return Object.assign(new Error('The path changed while it was opened'), { code: 'ESTALE' });
}

/** Opens what is held for reading. The caller closes it; the held one stays open. */
export async function openToRead(held: Held): Promise<FileHandle> {
  // The only link followed here is the descriptor's own, which leads to the held inode.
  return open(held.reach, constants.O_RDONLY | constants.O_NONBLOCK);
}

function reachOf(handle: FileHandle, name: string): string {
  return descriptorPaths ? `/proc/self/fd/${handle.fd}` : name;
}

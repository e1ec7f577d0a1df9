import { existsSync, constants } from 'node:fs';
import type { Stats } from 'node:fs';
import { lstat, open, readlink, realpath, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from './refusal.ts';

/** Something on disk that is held open. Whatever its name comes to mean, `reach` leads to this very inode. */
export interface Held {
  handle: FileHandle;
  stat: Stats;
  /** A path to the held inode itself. For a directory, `${reach}/name` is the entry in that very directory. */
  reach: string;
}

/** A symbolic link that was not followed. */
export interface Link {
  target: string;
}

/**
 * Linux keeps every descriptor reachable under /proc/self/fd. Plain paths below it behave as openat(2) does: no name
 * above the held directory is looked up again, so nobody can swap it. On other systems names are checked after opening,
 * which leaves a narrow race; production is Linux.
 */
const descriptorPaths = process.platform === 'linux' && existsSync('/proc/self/fd');

/** O_PATH names an inode without opening it, so no FIFO blocks and no device acts. Node has no constant for it. */
const O_PATH = 0o10000000;
const HOLD = descriptorPaths
  ? O_PATH | constants.O_NOFOLLOW
  : constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** Holds a directory that the operator named, and follows links in its path. */
export async function holdRoot(root: string): Promise<Held> {
  // A descriptor leads to the folder without its name. On other systems later names are checked against the real path.
  const name = descriptorPaths ? root : await realpath(root);
  const handle = await open(name, descriptorPaths ? O_PATH : constants.O_RDONLY);
  return { handle, stat: await handle.stat(), reach: reachOf(handle, name) };
}

/** How often we look again at an entry that changes while we look at it. */
const LOOKS = 8;

/** Holds the entry `name` of a held directory. A link is returned as a link. Throws the system's error (ENOENT …). */
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

/** Undefined when the entry is no longer a link. */
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

/** Opens a held file for reading. The caller closes the new handle; the held one stays open. */
export async function openToRead(held: Held): Promise<FileHandle> {
  // The only link that is followed here is the descriptor's own, which leads to the held inode.
  return open(held.reach, constants.O_RDONLY | constants.O_NONBLOCK);
}

function reachOf(handle: FileHandle, name: string): string {
  return descriptorPaths ? `/proc/self/fd/${handle.fd}` : name;
}

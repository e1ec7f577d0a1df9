import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, unlink } from 'node:fs/promises';
import type { ToolContext } from '#mcp/kit.ts';
import type { Old } from './keeping.ts';
import { openToRead, type Held } from './reach.ts';
import { stopIfAborted } from './workspace.ts';

/** More of an old file is not looked at to tell how it is written. */
const MAX_OLD_BYTES = 4 * 1024 * 1024;

/** The beginning of a file, by which it is told how it is written. */
export async function readOld(held: Held): Promise<Old> {
  await using file = await openToRead(held);
  const bytes = Buffer.alloc(Math.min(held.stat.size, MAX_OLD_BYTES));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
  return { bytes: bytes.subarray(0, bytesRead), whole: bytesRead === held.stat.size };
}

/**
 * Writes a new file beside the old one and gives it the old one's name. O_EXCL keeps it from writing through a name
 * that somebody put there. Everything is synced before and after, so that a crash leaves either the old text or the new
 * one.
 */
export async function replace(
  parent: Held,
  name: string,
  bytes: Buffer,
  existing: Held | undefined,
  context: ToolContext,
): Promise<void> {
  const temporary = `${parent.reach}/.write-${randomUUID()}.tmp`;
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  try {
    await using file = await open(temporary, flags, 0o666);
    await file.writeFile(bytes);
    if (existing) await file.chmod(existing.stat.mode & 0o777);
    await file.sync();
    stopIfAborted(context);
    await rename(temporary, `${parent.reach}/${name}`);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await using directory = await openToRead(parent);
  await directory.sync();
}

import * as nodeFiles from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '#shared/ground/config.ts';
import { errorText } from '#shared/ground/errors.ts';
import { lineOf, readRecords, type CallRecord } from './call-lines.ts';
import { callFileFailed } from './events.ts';

/** An append-only file of calls: one JSON line for the intent and one for the result, each on disk before it counts. */
export interface CallFile extends AsyncDisposable {
  /** The records that earlier processes left, oldest first. */
  recovered: readonly CallRecord[];
  /** Rejects when the record is not on disk; the next append tries anew. */
  append(record: CallRecord): Promise<void>;
  /** Takes all records of a scope out of the file. Rejects when that is not on disk. */
  forget(scope: string): Promise<void>;
  /** Rejects with a sentence for the operator while nothing can be recorded; each check tries whether that is over. */
  check(): Promise<void>;
}

/** The operations on the file system; tests make them fail. */
export type Files = Pick<typeof nodeFiles, 'open' | 'rename' | 'rm'>;
type FileHandle = nodeFiles.FileHandle;

/** Errors that mean that the setting is wrong, not that the disk or the process is short of something. */
const wrongPlace = new Set(['ENOENT', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR']);

/**
 * Opens or makes the file and drops records older than `oldest`. When the file has `maxLines` lines, it becomes
 * `<file>.old` and replaces the earlier one. So both together have at least the newest `maxLines` lines, and never more
 * than twice as many while the disk does what it is told. Throws ConfigError when it cannot be read or written at all.
 * Only one process at a time may use a file.
 */
export async function openCallFile(
  file: string,
  oldest: number,
  maxLines: number,
  files: Files = nodeFiles,
): Promise<CallFile> {
  try {
    const { records, lines } = await readRecords([oldOf(file), file]);
    const recovered = records.filter((record) => record.at >= oldest);
    const opened = { file, recovered, maxLines, files };
    const fresh = await rewrite(opened).catch(unlessWrongPlace);
    if (fresh) return callFile({ ...opened, handle: fresh, lines: recovered.length, torn: false });
    // There was no room to tidy up; what is in the file is complete all the same, except perhaps its last line.
    return callFile({ ...opened, handle: await files.open(file, 'a', 0o600), lines, torn: true });
  } catch (error) {
    throw new ConfigError([`IDEMPOTENCY_FILE: cannot use ${file}: ${errorText(error)}. Choose a writable file.`]);
  }
}

function unlessWrongPlace(error: unknown): undefined {
  if (wrongPlace.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  callFileFailed('start', error);
}

function unlessGone(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

function oldOf(file: string): string {
  return `${file}.old`;
}

interface Opened {
  file: string;
  recovered: CallRecord[];
  maxLines: number;
  files: Files;
}

/** `torn`: the last line may be incomplete. */
type Started = Opened & { handle: FileHandle; lines: number; torn: boolean };

function callFile({ file, recovered, maxLines, files, ...started }: Started): CallFile {
  let { handle, lines, torn } = started;
  /** Where the open file is: a turn-over that failed half-way leaves it at its old name. */
  let name = file;
  /** True while the file's name in its folder is not known to be on disk. */
  let unnamed = torn;
  let problem: unknown;
  let next: { text: string[]; written: Promise<void> } | undefined;
  let last: Promise<void> = Promise.resolve();

  // Lines that arrive while others are being written share the next write and its outcome: one fsync serves many calls.
  function append(...text: string[]): Promise<void> {
    if (!next) {
      const batch: string[] = [];
      const written = last.then(() => {
        next = undefined;
        return write(batch);
      });
      next = { text: batch, written };
      last = written.catch(() => undefined);
    }
    next.text.push(...text);
    return next.written;
  }

  async function write(batch: string[]): Promise<void> {
    // A file that could not be renamed grows on: no call is refused for that.
    if (lines >= maxLines) await turnOver().catch((error: unknown) => callFileFailed('turn-over', error));
    try {
      if (torn) await renew();
      if (unnamed) await syncFolder(files, file);
      unnamed = false;
      // The last line may be torn, so that a new one begins first and what follows can be read.
      await handle.appendFile((torn ? '\n' : '') + batch.join(''));
      await handle.datasync();
      lines += batch.length;
      torn = false;
      problem = undefined;
    } catch (error) {
      torn = true;
      problem = error;
      throw error;
    }
  }

  /** Each step is taken only once, whichever of them fails. */
  async function turnOver(): Promise<void> {
    const fresh = await files.open(`${file}.new`, 'w', 0o600);
    try {
      if (name === file) await files.rename(file, oldOf(file)).catch(unlessGone);
      name = oldOf(file);
      await files.rename(`${file}.new`, file);
    } catch (error) {
      await close(fresh);
      throw error;
    }
    name = file;
    lines = 0;
    torn = false;
    unnamed = true;
    await swap(fresh);
  }

  /** The file is written anew without them, when what is being written stands. */
  async function forget(scope: string): Promise<void> {
    const { records } = await readRecords([oldOf(file), file]);
    const kept = records.filter((record) => record.scope !== scope);
    if (kept.length === records.length) return;
    const fresh = await rewrite({ file, recovered: kept, maxLines, files });
    name = file;
    lines = kept.length;
    torn = false;
    unnamed = false;
    await swap(fresh);
  }

  /** Opens the file again: the handle itself may be what made a write fail (an I/O error, a server that was away). */
  async function renew(): Promise<void> {
    const fresh = await files.open(name, 'a', 0o600).catch(() => undefined);
    if (!fresh) return;
    unnamed = true;
    await swap(fresh);
  }

  async function swap(fresh: FileHandle): Promise<void> {
    const before = handle;
    handle = fresh;
    await close(before);
  }

  return {
    recovered,
    append: (record) => append(lineOf(record)),
    forget(scope) {
      const done = last.then(() => forget(scope));
      last = done.catch(() => undefined);
      return done;
    },
    async check() {
      if (problem !== undefined) await append().catch(() => undefined);
      if (problem === undefined) return;
      throw new Error(
        `calls cannot be recorded in ${file} (${errorText(problem)}): tools that write are refused until they can`,
      );
    },
    async [Symbol.asyncDispose]() {
      await last;
      await close(handle);
    },
  };
}

/** A handle that cannot be closed loses nothing: what was written is on disk already. */
async function close(handle: FileHandle): Promise<void> {
  await handle.close().catch((error: unknown) => callFileFailed('close', error));
}

/** Writes the records that still count into a new file that replaces the old one, which would grow for ever. */
async function rewrite({ file, recovered, files }: Opened): Promise<FileHandle> {
  const handle = await files.open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(recovered.map(lineOf).join(''));
    await handle.sync();
    await files.rename(`${file}.new`, file);
    await syncFolder(files, file);
    await files.rm(oldOf(file), { force: true });
    return handle;
  } catch (error) {
    await close(handle);
    throw error;
  }
}

/** Not every file system lets a folder be opened and synced. */
const notForFolders = new Set(['EINVAL', 'ENOTSUP', 'EISDIR', 'EACCES', 'EPERM']);

/** A file's name is on disk only once its folder is. */
async function syncFolder(files: Files, file: string): Promise<void> {
  try {
    const folder = await files.open(path.dirname(file), 'r');
    await folder.sync().finally(() => close(folder));
  } catch (error) {
    if (!notForFolders.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

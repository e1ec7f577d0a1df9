import { open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { ConfigError } from '#shared/config.ts';
import { errorText } from '#shared/errors.ts';
import { createLogger } from '#shared/log.ts';

const log = createLogger('call-file');

export interface CallRecord {
  id: string;
  fingerprint: string;
  tool: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** Absent while only the intent is known. */
  result?: CallToolResult;
}

const lineSchema = z.object({
  id: z.string(),
  fingerprint: z.string(),
  tool: z.string(),
  at: z.number(),
  result: z.custom<CallToolResult>((value) => typeof value === 'object' && value !== null).optional(),
});

/** An append-only file of calls, one JSON line for the intent and one for the result, each on disk before it counts. */
export interface CallFile extends AsyncDisposable {
  /** What earlier processes left, oldest first. */
  recovered: readonly CallRecord[];
  intend(record: CallRecord): Promise<void>;
  finish(record: CallRecord): Promise<void>;
}

/**
 * Opens or makes the file and drops records older than `oldest`. When it has got `maxLines` lines it becomes `<file>.old`, in
 * place of the one before: so both together have at least the newest `maxLines` lines, and never more than twice as many.
 * Throws ConfigError when it cannot be read or written. One process at a time may use a file.
 */
export async function openCallFile(file: string, oldest: number, maxLines: number): Promise<CallFile> {
  try {
    const recovered = (await readRecords([oldOf(file), file])).filter((record) => record.at >= oldest);
    const handle = await rewrite(file, recovered);
    await rm(oldOf(file), { force: true });
    return callFile({ file, handle, recovered, maxLines });
  } catch (error) {
    throw new ConfigError([`IDEMPOTENCY_FILE: cannot use ${file}: ${errorText(error)}. Choose a writable file.`]);
  }
}

function oldOf(file: string): string {
  return `${file}.old`;
}

interface Opened {
  file: string;
  handle: FileHandle;
  recovered: CallRecord[];
  maxLines: number;
}

function callFile({ file, handle: first, recovered, maxLines }: Opened): CallFile {
  let handle = first;
  let lines = recovered.length;
  let pending: string[] = [];
  let flushing: Promise<void> | undefined;

  // Lines that arrive while one flush is under way share the next: one fsync serves many calls.
  async function append(record: CallRecord): Promise<void> {
    pending.push(`${JSON.stringify(record)}\n`);
    const previous = flushing ?? Promise.resolve();
    const mine = previous.catch(() => undefined).then(flush);
    flushing = mine;
    await mine;
  }
  async function flush(): Promise<void> {
    if (pending.length === 0) return;
    const batch = pending;
    pending = [];
    if (lines >= maxLines) await turnOver();
    await handle.appendFile(batch.join(''));
    await handle.datasync();
    lines += batch.length;
  }
  async function turnOver(): Promise<void> {
    // The open handle stays right whatever fails here: it follows its file to the new name.
    await rename(file, oldOf(file));
    const next = await open(file, 'a', 0o600);
    await handle.close();
    handle = next;
    lines = 0;
  }
  return {
    recovered,
    intend: append,
    finish: append,
    async [Symbol.asyncDispose]() {
      await flushing?.catch(() => undefined);
      await handle.close();
    },
  };
}

/** Records of these files, the older file first; of one in several lines the last counts. */
async function readRecords(files: string[]): Promise<CallRecord[]> {
  const records = new Map<string, CallRecord>();
  for (const file of files) {
    for (const line of (await readIfThere(file)).split('\n')) {
      if (line === '') continue;
      const record = parseLine(line);
      if (record) records.set(record.id, record);
      else log.warn({ file }, 'an unreadable line is left out: the process died while it was written');
    }
  }
  return [...records.values()];
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function parseLine(line: string): CallRecord | undefined {
  try {
    const { result, ...record } = lineSchema.parse(JSON.parse(line));
    return result ? { ...record, result } : record;
  } catch {
    return undefined;
  }
}

/** Writes what still counts into a new file that takes the old one's place, so that the file does not grow for ever. */
async function rewrite(file: string, records: CallRecord[]): Promise<FileHandle> {
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    await handle.sync();
    await rename(`${file}.new`, file);
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

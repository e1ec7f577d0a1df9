import { readFile } from 'node:fs/promises';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { createLogger } from '#shared/process/log.ts';

const log = createLogger('call-file');

export interface CallRecord {
  id: string;
  /** Hash of whose call it is; absent in lines of earlier versions, which go when they are old. */
  scope?: string | undefined;
  fingerprint: string;
  tool: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** Absent while only the intent is known. */
  result?: CallToolResult;
}

const lineSchema = z.object({
  id: z.string(),
  scope: z.string().optional(),
  fingerprint: z.string(),
  tool: z.string(),
  at: z.number(),
  result: z.custom<CallToolResult>((value) => typeof value === 'object' && value !== null).optional(),
});

export function lineOf(record: CallRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/**
 * The records in these files, the older file first; of several lines for one record the last counts. `lines` counts
 * those of the last file.
 */
export async function readRecords(files: string[]): Promise<{ records: CallRecord[]; lines: number }> {
  const records = new Map<string, CallRecord>();
  let lines: string[] = [];
  for (const file of files) {
    lines = (await readIfThere(file)).split('\n').filter((line) => line !== '');
    for (const line of lines) {
      const record = parseLine(line);
      if (record) records.set(record.id, record);
      // The line was never fully on disk, so its call was not begun, or had only its result left to store.
      else
        log.warn(
          { file },
          'an unreadable line is left out: it was being written when the process died or the disk failed',
        );
    }
  }
  return { records: [...records.values()], lines: lines.length };
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

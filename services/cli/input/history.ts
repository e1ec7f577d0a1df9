import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { errorText } from '#shared/ground/errors.ts';

/** What somebody wrote before, kept on disk for the next time. */
export interface InputHistory {
  /** The newest first. */
  readonly entries: string[];
  /** Returns the reason when the file could not be written, otherwise undefined. */
  add(text: string): string | undefined;
}

const mostEntries = 500;
/** Longer texts are pastes, which nobody looks for with Up. */
const longest = 10_000;

/** Keeps the history in this file, which only its owner can read: one JSON string per line, the newest last. */
export function openHistory(file: string): InputHistory {
  const entries = read(file);
  return {
    entries,
    add(text) {
      if (text.length > longest) return undefined;
      try {
        // The file is read again, because another terminal may have written meanwhile.
        const merged = [text, ...read(file).filter((each) => each !== text)].slice(0, mostEntries);
        entries.splice(0, entries.length, ...merged);
        write(file, merged);
        return undefined;
      } catch (error) {
        return errorText(error);
      }
    },
  };
}

function read(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').flatMap(entry).toReversed().slice(0, mostEntries);
  } catch {
    // There is no file yet, or it cannot be read; then it cannot be written either, which is reported.
    return [];
  }
}

function entry(line: string): string[] {
  try {
    return [z.string().parse(JSON.parse(line))];
  } catch {
    return [];
  }
}

/** Replaces the file in one step, so that a crash leaves either the old one or the new one. */
function write(file: string, entries: readonly string[]): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(
    draft,
    `${entries
      .toReversed()
      .map((each) => JSON.stringify(each))
      .join('\n')}\n`,
    { mode: 0o600 },
  );
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}

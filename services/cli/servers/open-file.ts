import { existsSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { OperatorError, UserError } from '#shared/ground/errors.ts';
import { parseServerFile, type ServerFile } from '#shared/servers/file.ts';
import { serverNames } from '#shared/servers/names.ts';

/** The list of servers, opened to be changed. */
export interface OpenFile extends ServerFile {
  file: string;
  /** The names that entries have with us, by their names in the file. */
  names: Map<string, string>;
}

const empty = '{\n  "mcpServers": {}\n}\n';

/** Opens the list; a missing file counts as an empty list. Throws ConfigError when the file is not a list. */
export function openServerFile(file: string): OpenFile {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : empty;
  const parsed = parseServerFile(text, file);
  return { ...parsed, file, names: serverNames(parsed.entries.map(([written]) => written)) };
}

/** The entry of this name, ours or the file's. Throws UserError when there is none. */
export function findEntry(open: OpenFile, name: string): { name: string; written: string; raw: unknown } {
  const found = open.entries.find(([written]) => written === name || open.names.get(written) === name);
  if (!found) {
    const all = [...open.names.values()].join(', ') || 'none';
    throw new UserError('usage', `${open.file} has no server "${name}". It has: ${all}.`);
  }
  const [written, raw] = found;
  return { name: open.names.get(written) ?? written, written, raw };
}

/** Replaces the file in one step. Throws OperatorError when somebody else has changed it since it was opened. */
export function replaceFile(open: OpenFile, text: string): void {
  const there = existsSync(open.file);
  // A link stays a link: the file that it leads to is replaced.
  const file = there ? realpathSync(open.file) : open.file;
  if (there && readFileSync(file, 'utf8') !== open.text) {
    throw new OperatorError('changed', `${open.file} was changed by somebody else in this moment. Try again.`);
  }
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, text, { mode: there ? statSync(file).mode & 0o777 : 0o644 });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { ToolContext } from '#mcp/kit.ts';
import { refused, shown } from '#mcp/words.ts';
import type { HiddenNames } from './hidden-names.ts';

/** The folder that the tools may use, and their limits. */
export interface Workspace {
  /** The folder as the operator gave it, made absolute. */
  root: string;
  isHidden: HiddenNames;
  maxReadBytes: number;
  maxWriteBytes: number;
}

/** Linux' PATH_MAX: no longer path can be opened by name. */
const MAX_PATH_BYTES = 4096;
/** No sensible document lies deeper. The limit keeps a write from making hundreds of directories. */
export const MAX_DEPTH = 64;

/**
 * Splits a caller's path into names below the root. Nothing is decoded, expanded or trimmed: `%2e`, `~` and `$HOME` are
 * names. Throws a refusal when the text alone shows that this is no path below the root; walk.ts deals with links.
 */
export async function namesBelowRoot(workspace: Workspace, given: string): Promise<string[]> {
  if (given === '') throw refused('the path is empty. Use "." for the workspace itself.');
  if (given.length > MAX_PATH_BYTES || Buffer.byteLength(given) > MAX_PATH_BYTES)
    throw refused(`the path is longer than ${MAX_PATH_BYTES} bytes. Use a shorter path.`);
  if (given.includes('\0')) throw refused('the path holds a NUL byte, which no file name can. Give the plain name.');
  if (!given.isWellFormed()) throw refused('the path is not valid Unicode. Give the name as list_directory shows it.');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(given))
    throw refused(
      `${shown(given)} is a URL, not a path. Give a path relative to the workspace, such as notes/today.md.`,
    );
  const names = splitNames(path.isAbsolute(given) ? await relativeToRoot(workspace, given) : given);
  assertStaysBelow(names, given);
  return names;
}

export function splitNames(text: string): string[] {
  return text.split('/').filter((name) => name !== '' && name !== '.');
}

/**
 * Refuses names that climb above the start, even if they come back later. Refuses more levels than any document needs.
 */
export function assertStaysBelow(names: readonly string[], given: string): void {
  let depth = 0;
  for (const name of names) {
    depth += name === '..' ? -1 : 1;
    if (depth < 0) throw outside(given);
  }
  if (names.length > MAX_DEPTH * 4 || depth > MAX_DEPTH)
    throw refused(`${shown(given)} is deeper than ${MAX_DEPTH} levels. Use a shorter path.`);
}

export function outside(given: string): Error {
  return refused(
    `${shown(given)} leads out of the workspace. Only paths below it can be used, such as notes/today.md.`,
  );
}

/**
 * The part of an absolute path below the root. Refuses all other paths, also those that merely begin with the same
 * letters.
 */
export async function relativeToRoot(workspace: Workspace, given: string): Promise<string> {
  for (const root of new Set([workspace.root, await realpath(workspace.root)])) {
    if (given === root) return '.';
    if (given.startsWith(`${root}/`)) return given.slice(root.length + 1);
  }
  throw outside(given);
}

/** Throws the signal's reason when the caller has gone, so that the work ends. */
export function stopIfAborted(context: ToolContext): void {
  context.signal.throwIfAborted();
}

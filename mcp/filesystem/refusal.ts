import { ToolError } from '#mcp/kit.ts';
import { shown } from '#mcp/words.ts';

/** A name that does not exist, and others in its place that it may have meant. */
export class Missing extends Error {
  override name = 'Missing';
  readonly code = 'ENOENT';
  readonly similar: readonly string[];

  constructor(missing: string, similar: readonly string[]) {
    super(`there is no ${missing}`);
    this.similar = similar;
  }
}

const sentences: Record<string, (path: string) => string> = {
  ENOENT: (path) =>
    `There is no ${path}. Names are exact, upper and lower case differ; list_directory shows what exists.`,
  ENOTDIR: (path) => `${path} goes through something that is not a directory. list_directory shows what exists.`,
  EISDIR: (path) => `${path} is a directory. Use list_directory to see what is in it.`,
  ENAMETOOLONG: (path) => `${path} holds a name longer than 255 bytes, which cannot exist. Use a shorter name.`,
  ELOOP: (path) => `${path} runs through links that point at each other. Name the file itself.`,
  EACCES: (path) =>
    `The server has no permission for ${path}. Ask the user to have an operator change its permissions.`,
  EPERM: (path) => `The server is not permitted to do this with ${path}. Ask the user to have an operator look at it.`,
  EROFS: (path) => `${path} is on a read-only file system. Nothing was written; tell the user.`,
  ENOSPC: (path) => `The disk is full. Nothing was written to ${path}; tell the user.`,
  EDQUOT: (path) => `The disk quota is used up. Nothing was written to ${path}; tell the user.`,
  EMFILE: (path) => `The server has too many open files to reach ${path} just now. Try once more in a moment.`,
  ENFILE: (path) => `The machine has too many open files to reach ${path} just now. Try once more in a moment.`,
  EIO: (path) => `The disk reported a fault at ${path}. Tell the user; trying again is unlikely to help.`,
  ESTALE: (path) => `${path} was replaced by somebody while it was used. Try once more.`,
};

/**
 * Turns a system error into a sentence that names only the path that the caller gave: host paths stay inside. Returns
 * an unknown error unchanged, for the operator.
 */
export function asToolError(error: unknown, path: string): unknown {
  if (error instanceof ToolError) return error;
  if (error instanceof Missing && error.similar.length > 0)
    return new ToolError(`There is no ${shown(path)}. In its place there is ${offer(error.similar)}: give that name.`);
  const code = errorCode(error);
  const sentence = code === undefined ? undefined : sentences[code];
  return sentence ? new ToolError(sentence(shown(path))) : error;
}

function offer(names: readonly string[]): string {
  return names.map((name) => shown(name)).join(' or ');
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

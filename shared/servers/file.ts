import { readFileSync } from 'node:fs';
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { ConfigError } from '#shared/ground/config.ts';
import { errorText } from '#shared/ground/errors.ts';
import { isObject } from '#shared/ground/objects.ts';

/** A file with a list of MCP servers, as it stands on disk. */
export interface ServerFile {
  text: string;
  /** The keys that lead to the list in the file. */
  listPath: string[];
  /** Names and entries as they are written, in the file's order. */
  entries: [name: string, raw: unknown][];
}

/**
 * The keys under which clients keep their list: Claude, Cursor, Windsurf and most others; VS Code's mcp.json; Zed's
 * settings; older settings of VS Code. The first that a file has counts.
 */
const listPaths = [['mcpServers'], ['servers'], ['context_servers'], ['mcp', 'servers']];

/**
 * Reads a list of servers, ours or another client's. The JSON may have comments and trailing commas, as editors write
 * them. Throws ConfigError when the file cannot be read, or has no such list.
 */
export function readServerFile(file: string): ServerFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError([`MCP_SERVERS_FILE: cannot read ${file}: ${errorText(error)}`]);
  }
  return parseServerFile(text, file);
}

/** Does the same for a text; `file` names it in messages. */
export function parseServerFile(text: string, file: string): ServerFile {
  const errors: ParseError[] = [];
  // A byte order mark at the beginning is not JSON, but some editors write it.
  const json: unknown = parse(text.replace(/^\uFEFF/, ' '), errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first) {
    const line = text.slice(0, first.offset).split('\n').length;
    throw new ConfigError([`${file}: line ${line}: no JSON (${printParseErrorCode(first.error)})`]);
  }
  const listPath = listPaths.find((path) => at(json, path) !== undefined);
  if (!listPath) throw new ConfigError([`${file}: mcpServers: there is no such list of servers in it`]);
  const list = at(json, listPath);
  if (!isObject(list)) {
    throw new ConfigError([`${file}: ${listPath.join('.')}: must be an object with an entry for each server`]);
  }
  return { text, listPath, entries: Object.entries(list) };
}

function at(json: unknown, path: string[]): unknown {
  let value = json;
  for (const key of path) value = isObject(value) ? value[key] : undefined;
  return value;
}

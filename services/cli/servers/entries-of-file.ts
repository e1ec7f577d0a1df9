import { homedir } from 'node:os';
import { UserError } from '#shared/ground/errors.ts';
import { variableOfInput } from '#shared/servers/dialects.ts';
import { isObject } from '#shared/ground/objects.ts';
import { readServerFile } from '#shared/servers/file.ts';
import { legalName } from '#shared/servers/names.ts';
import type { NewEntry } from './add-entries.ts';

/**
 * The entries of another client's file, or only the one of the given name. A value that VS Code asks for when it starts
 * a server (`${input:api-key}`) becomes a variable. Throws UserError for a name that the file does not have,
 * ConfigError when it has no list.
 */
export function entriesOfFile(file: string, only: string | undefined): { found: NewEntry[]; problems: string[] } {
  const path = file.replace(/^~(?=\/)/, homedir());
  const { entries } = readServerFile(path);
  const chosen = entries.filter(([written]) => only === undefined || written === only || legalName(written) === only);
  if (chosen.length === 0) {
    const all = entries.map(([written]) => `"${written}"`).join(', ') || 'none';
    throw new UserError(
      'usage',
      only === undefined ? `${path} has no servers.` : `${path} has no "${only}", but ${all}.`,
    );
  }
  const problems = chosen.flatMap(([written, raw]) => (isObject(raw) ? [] : [`${written} is no entry`]));
  const found = chosen.flatMap(([written, raw]) => (isObject(raw) ? [{ written, raw: withVariables(raw) }] : []));
  return { found, problems };
}

function withVariables(raw: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(raw).replaceAll(/\$\{input:([^}]+)\}/g, (_, id: string) => `\${${variableOfInput(id)}}`);
  return JSON.parse(text) as Record<string, unknown>;
}

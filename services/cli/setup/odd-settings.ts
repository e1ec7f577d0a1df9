import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadServers } from '#shared/servers/list.ts';
import { referencedVariables } from '#shared/servers/variables.ts';
import { projectRoot } from '../stack-file.ts';
import { readEnvFile, readEnvText } from './env-file.ts';

/** What Node, libraries and Docker Compose read by themselves. */
const others = /^(TZ|NODE_.+|SSL_CERT_.+|COMPOSE_.+|.+_PROXY|.+_proxy)$/;

/** What of a file of settings does nothing or other than was meant, in a few words each. */
export function oddSettings(file: string, serversFile: string, root = projectRoot): string[] {
  return [...unreadNames(Object.keys(readEnvFile(file)), serversFile, root), ...oddLines(readEnvText(file))];
}

/** Names that nothing reads; most often they are misspelt. */
function unreadNames(names: string[], serversFile: string, root: string): string[] {
  const example = path.join(root, '.env.example');
  if (!existsSync(example)) return [];
  const settings = [...readFileSync(example, 'utf8').matchAll(/^#? ?([A-Z][A-Z0-9_]*)=/gm)];
  const known = [...settings.map(([, name]) => name ?? ''), ...variablesOfServers(serversFile)];
  const unknown = names.filter(
    (name) => !known.includes(name) && !known.includes(name.replace(/_FILE$/, '')) && !others.test(name),
  );
  const hints = unknown.map((name) => {
    const near = nearest(name, known);
    return near ? `${name} (${near}?)` : name;
  });
  return hints.length === 0 ? [] : [`nothing reads ${hints.join(', ')}`];
}

/** Lines that set nothing, and values whose quote has no end. */
function oddLines(text: string): string[] {
  // A value in quotes may go over several lines. Its line breaks stay, so that lines keep their numbers.
  const quoted = /^(\s*(?:export\s+)?[\w.-]+\s*=\s*)(["'`])[^]*?\2/gm;
  const lines = text.replace(quoted, (all, name: string) => name + all.replaceAll(/[^\n]/g, '')).split('\n');
  return lines.flatMap((line, at) => {
    if (/^\s*(#|$)/.test(line)) return [];
    const [, name, quote] = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*(["'`]?)/.exec(line) ?? [];
    if (name === undefined) return [`line ${at + 1} sets nothing, for it is not of the form NAME=value`];
    return quote ? [`line ${at + 1}: the quote before the value of ${name} has no end`] : [];
  });
}

/** The variables that entries of servers.json refer to. Another check reports a broken list. */
function variablesOfServers(file: string): string[] {
  try {
    return [...loadServers(file).servers.values()].flatMap((entry) => referencedVariables(entry));
  } catch {
    return [];
  }
}

/** The known name that differs least, if it differs only a little. */
function nearest(name: string, known: string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .toSorted((a, b) => a.distance - b.distance);
  return best && best.distance <= 3 ? best.candidate : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, right] of Array.from(b).entries()) {
      next.push(Math.min((row[j] ?? 0) + (left === right ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

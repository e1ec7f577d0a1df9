import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { errorText } from '#shared/ground/errors.ts';
import { parsePolicy } from '#shared/rights/policy.ts';
import { loadServers, type ServerList } from '#shared/servers/list.ts';
import { referencedVariables } from '#shared/servers/variables.ts';
import { terminalCaller } from '../ask.ts';
import type { CliConfig } from '../config.ts';
import { projectRoot } from '../stack-file.ts';
import { broken, ok, warning, type Finding } from './finding.ts';

const oldestNode = 24;

export function checkNode(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= oldestNode
    ? ok('Node', process.version)
    : broken('Node', process.version, `Run npm ci here: it installs Node ${oldestNode} for this project.`);
}

/** Checks the file that says who may use what. */
export function checkPolicy({ POLICY_FILE: file }: CliConfig): Finding {
  try {
    const policy = parsePolicy(readFileSync(file, 'utf8'), file);
    return ok('policy', `${file}: you are ${policy.roles(terminalCaller()).join(', ') || 'nobody'} at this terminal`);
  } catch (error) {
    return broken('policy', errorText(error), 'Mend the line it names, or set POLICY_FILE to the file that is meant.');
  }
}

/** Checks the list of servers. A part of an entry that is not used is a warning, because somebody may rely on it. */
export function checkServers({ MCP_SERVERS_FILE: file }: CliConfig): Finding {
  try {
    const list = loadServers(file);
    const off = list.disabled.size === 0 ? '' : `; disabled: ${[...list.disabled].join(', ')}`;
    const names = `${file}: ${[...list.servers.keys()].map((name) => called(name, list)).join(', ') || 'none'}${off}`;
    const faults = [...list.broken].map(([name, why]) => `${called(name, list)} (${why})`).join(', ');
    if (faults !== '')
      return broken('MCP servers', `${names}; wrong and left out: ${faults}`, 'Mend the entries, or disable them.');
    const unused = [...list.notes].map(([name, lines]) => `${name}: ${lines.join(', ')}`).join('; ');
    if (unused === '') return ok('MCP servers', names);
    return warning('MCP servers', `${names}; ${unused}`, 'Take out what is not used; docs/servers.md has what is.');
  } catch (error) {
    return broken('MCP servers', errorText(error), 'Mend the entry it names, or set MCP_SERVERS_FILE.');
  }
}

function called(name: string, { written }: ServerList): string {
  const asWritten = written.get(name);
  return asWritten === undefined ? name : `${name} ("${asWritten}")`;
}

/** Finds names in .env that nothing reads; most often they are misspelt. */
export function checkEnvFile({ MCP_SERVERS_FILE }: CliConfig, root = projectRoot): Finding {
  const file = path.join(root, '.env');
  const example = path.join(root, '.env.example');
  if (!existsSync(file)) return ok('.env', 'there is none: all settings are the defaults and the environment');
  if (!existsSync(example))
    return warning('.env', 'there is no .env.example to compare it with', 'Restore it from git.');
  const settings = [...readFileSync(example, 'utf8').matchAll(/^#? ?([A-Z][A-Z0-9_]*)=/gm)].map(
    ([, name]) => name ?? '',
  );
  const known = [...settings, ...variablesOfServers(MCP_SERVERS_FILE)];
  const names = Object.keys(parseEnv(readFileSync(file, 'utf8')));
  const unknown = names.filter((name) => !known.includes(name) && !known.includes(name.replace(/_FILE$/, '')));
  if (unknown.length === 0) return ok('.env', `${names.length} settings, all known`);
  const hints = unknown.map((name) => {
    const near = nearest(name, known);
    return near ? `${name} (${near}?)` : name;
  });
  return warning('.env', `nothing reads ${hints.join(', ')}`, 'Correct the name; .env.example has them all.');
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

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '#shared/ground/errors.ts';
import { parsePolicy } from '#shared/rights/policy.ts';
import { loadServers, type ServerList } from '#shared/servers/list.ts';
import { terminalCaller } from '../ask.ts';
import type { CliConfig } from '../config.ts';
import { readEnvFile } from '../setup/env-file.ts';
import { oddSettings } from '../setup/odd-settings.ts';
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

/** Finds what in .env does nothing or other than was meant; most often a name is misspelt. */
export function checkEnvFile({ MCP_SERVERS_FILE }: CliConfig, root = projectRoot): Finding {
  const file = path.join(root, '.env');
  if (!existsSync(file)) return ok('.env', 'there is none: all settings are the defaults and the environment');
  if (!existsSync(path.join(root, '.env.example')))
    return warning('.env', 'there is no .env.example to compare it with', 'Restore it from git.');
  try {
    const odd = oddSettings(file, MCP_SERVERS_FILE, root);
    if (odd.length > 0) return warning('.env', odd.join('; '), 'Correct it; .env.example has all names.');
    return ok('.env', `${Object.keys(readEnvFile(file)).length} settings, all known`);
  } catch (error) {
    return broken('.env', errorText(error), 'Mend that file.');
  }
}

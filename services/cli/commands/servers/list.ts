import type { Command } from 'commander';
import { isDomain, stackOf } from '#mcp/domains.ts';
import { readEntry } from '#shared/servers/entry.ts';
import { readCliConfig, type CliConfig } from '#services/cli/config.ts';
import { printListing } from '#services/cli/listing.ts';
import { runnerEnvironment } from '#services/cli/servers/environment.ts';
import { openServerFile, type OpenFile } from '#services/cli/servers/open-file.ts';
import { shownTarget } from '#services/cli/servers/secrets.ts';
import { readStackFile } from '#services/cli/stack-file.ts';
import type { Terminal } from '#services/cli/terminal.ts';
import { listRunnerTools, type RunnerTools } from '#services/cli/tool-runners.ts';

interface ServerRow {
  name: string;
  /** Its name in the file, where that is not a legal name. */
  written?: string;
  /**
   * `enabled`: the entry is sound, and nothing more is known because no stack runs. `off`: a domain of ours without the
   * backend that somebody must name.
   */
  state: 'ready' | 'away' | 'enabled' | 'disabled' | 'off' | 'broken';
  type?: 'domain' | 'stdio' | 'http' | 'sse';
  /** Command or address, without secrets. */
  target?: string;
  /** How many tools the person at this terminal may see. */
  tools?: number;
  /** Why it is broken, away or off. */
  problem?: string;
  /** What its entry says and is not used. */
  notes: string[];
}

/** `dragoman servers list`: every entry of the list, and its state. */
export function addListCommand(servers: Command, terminal: Terminal): void {
  servers
    .command('list')
    .description('every server in the list: whether it works, and how many tools it has')
    .option('--json', 'everything about them as JSON')
    .action(async (options: { json?: true }) => {
      const config = readCliConfig(runnerEnvironment());
      const open = openServerFile(config.MCP_SERVERS_FILE);
      const running = await runnersOf(config);
      const rows = open.entries.map(([written, raw]) => rowOf(open, written, raw, running));
      const notes = running ? [] : ['No stack runs from this folder: whether servers work is not known. npm start'];
      printListing(terminal, rows, columns, { json: options.json, empty: `${open.file} has no servers.`, notes });
      if (options.json) return;
      for (const { name, written, notes: lines } of rows) {
        const called = written === undefined ? [] : [`the file calls it "${written}"`];
        for (const line of [...called, ...lines]) terminal.err.write(`${name}: ${line}\n`);
      }
    });
}

/** What the tool-runners of the stack say, by server; undefined when there is no stack to ask. */
async function runnersOf(config: CliConfig): Promise<Map<string, RunnerTools> | undefined> {
  if (!readStackFile() && config.TOOL_RUNNERS.length === 0) return undefined;
  return new Map((await listRunnerTools(config)).map((runner) => [runner.server, runner]));
}

function rowOf(open: OpenFile, written: string, raw: unknown, running?: Map<string, RunnerTools>): ServerRow {
  const name = open.names.get(written) ?? written;
  const { entry, disabled, problem, notes } = readEntry(raw);
  const row = { name, ...(name !== written && { written }), notes };
  if (disabled) return { ...row, state: 'disabled' };
  if (!entry) return { ...row, state: 'broken', problem: problem ?? '' };
  const domain = 'domain' in entry ? entry.domain : undefined;
  const own = domain !== undefined;
  const type = own ? 'domain' : 'url' in entry ? entry.type : 'stdio';
  const known = { ...row, type, target: own ? `domain ${domain}` : shownTarget(entry) } as const;
  const runner = running?.get(name);
  const off = isDomain(domain) ? stackOf(domain).off : undefined;
  if (running && !runner && off !== undefined) return { ...known, state: 'off', problem: `set ${off}` };
  if (!runner) return { ...known, state: 'enabled' };
  if (runner.problem !== undefined) return { ...known, state: 'away', problem: runner.problem };
  return { ...known, state: 'ready', tools: runner.tools.length };
}

const columns = {
  server: (row: ServerRow) => row.name,
  state: (row: ServerRow) => row.state,
  tools: (row: ServerRow) => (row.tools === undefined ? '' : String(row.tools)),
  type: (row: ServerRow) => row.type ?? '',
  what: (row: ServerRow) => row.problem ?? row.target ?? '',
};

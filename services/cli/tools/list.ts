import { paint } from '#shared/ground/paint.ts';
import type { ServerEntry } from '#shared/servers/entry.ts';
import { loadServers } from '#shared/servers/list.ts';
import { catalogueName } from '#shared/servers/tool-names.ts';
import { watchPolicy, type Permission } from '#shared/rights/policy.ts';
import { terminalCaller } from '../ask.ts';
import type { CliConfig } from '../config.ts';
import { printListing } from '../listing.ts';
import type { Terminal } from '../terminal.ts';
import { oneLine } from '../text.ts';
import { listRunnerTools, partTold, type RunnerTools } from '../tool-runners.ts';

interface ToolRow {
  tool: string;
  domain: string;
  permission: Permission;
  title: string;
  description: string;
  readOnly: boolean;
}

/** The tools that workers run themselves; the worker, which has the list (builtin/builtins.ts), cannot be asked. */
const builtin = [
  {
    tool: 'current_time',
    domain: 'builtin',
    title: 'Current time',
    description: 'The present date, time and weekday, in UTC or in a time zone.',
    readOnly: true,
  },
  {
    tool: 'memory_save',
    domain: 'builtin',
    title: 'Remember',
    description: 'Remembers a fact for later conversations.',
    readOnly: false,
  },
  {
    tool: 'memory_search',
    domain: 'builtin',
    title: 'Search memories',
    description: 'Finds what was remembered.',
    readOnly: true,
  },
  {
    tool: 'memory_list',
    domain: 'builtin',
    title: 'List memories',
    description: 'What was remembered, the newest first.',
    readOnly: true,
  },
  {
    tool: 'memory_delete',
    domain: 'builtin',
    title: 'Forget a memory',
    description: 'Deletes one memory by its id.',
    readOnly: false,
  },
];

/**
 * Prints the tools that the person at this terminal may use, and which servers are away. False when one is. Throws
 * OperatorError when there is no stack to ask.
 */
export async function listTools(
  terminal: Terminal,
  config: CliConfig,
  options: { all?: true; json?: true },
): Promise<boolean> {
  await using policy = watchPolicy(config.POLICY_FILE);
  const runners = await listRunnerTools(config);
  const { servers, broken } = loadServers(config.MCP_SERVERS_FILE);
  const caller = terminalCaller();
  const rows = [...builtin, ...runners.flatMap((runner) => rowsOf(runner, servers.get(runner.server)))]
    .map((row) => ({ ...row, permission: policy.current().permission(caller, row.tool) }))
    .filter((row) => options.all || row.permission !== 'deny');
  printListing(terminal, rows, columns, { json: options.json, empty: 'The policy gives you no tools.' });
  const away = runners.flatMap(({ server, problem }) => (problem === undefined ? [] : [[server, problem] as const]));
  tellPrompts(terminal, runners);
  const part = partTold(runners, config);
  if (part !== undefined) terminal.err.write(`\n${part}.\n`);
  tellAway(terminal, [...broken, ...away]);
  return broken.size + away.length === 0;
}

/** Names the prompts of servers, which are for people to use in their own words. */
function tellPrompts(terminal: Terminal, runners: RunnerTools[]): void {
  const lines = runners.flatMap(({ server, prompts }) =>
    prompts.map(({ name, arguments: args, title, description }) => {
      return `  ${server}: ${oneLine(`${name}(${args.join(', ')}) ${title || description}`, 200)}\n`;
    }),
  );
  if (lines.length > 0) terminal.err.write(`\nPrompts of servers:\n${lines.join('')}`);
}

/** Says which servers are away, and why; after the listing, where people see it. */
function tellAway(terminal: Terminal, away: (readonly [server: string, why: string])[]): void {
  if (away.length === 0) return;
  terminal.err.write('\nAway, and their tools with them:\n');
  for (const [server, why] of away) terminal.err.write(`${paint.yellow('!')} ${server}: ${oneLine(why, 400)}\n`);
  terminal.err.write('npx dragoman servers test <name> tries one alone.\n');
}

const columns = {
  tool: (row: ToolRow) => row.tool,
  domain: (row: ToolRow) => row.domain,
  permission: (row: ToolRow) => (row.permission === 'approve' ? 'asks first' : row.permission),
  changes: (row: ToolRow) => (row.readOnly ? 'nothing' : 'yes'),
  title: (row: ToolRow) => row.title,
};

function rowsOf({ server, tools }: RunnerTools, entry: ServerEntry | undefined): Omit<ToolRow, 'permission'>[] {
  return tools.map((tool) => ({
    tool: catalogueName(server, entry, tool.name),
    domain: server,
    title: tool.title ?? tool.annotations?.title ?? '',
    description: tool.description ?? '',
    readOnly: tool.annotations?.readOnlyHint === true,
  }));
}

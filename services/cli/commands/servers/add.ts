import { Option, type Command } from 'commander';
import { UserError } from '#shared/ground/errors.ts';
import { serversFile } from '#services/cli/servers/list-file.ts';
import { addEntries, type NewEntry } from '#services/cli/servers/add-entries.ts';
import { runnerEnvironment } from '#services/cli/servers/environment.ts';
import { entriesOfFile } from '#services/cli/servers/entries-of-file.ts';
import { afterChange } from '#services/cli/servers/after-change.ts';
import { tryAndShow } from '#services/cli/servers/show-trial.ts';
import type { Terminal } from '#services/cli/terminal.ts';

interface Options {
  url?: string;
  type?: 'http' | 'sse';
  header?: Record<string, string>;
  env?: Record<string, string>;
  cwd?: string;
  disabled?: true;
  trustAnnotations?: true;
  network?: string;
  from?: string;
  test: boolean;
}

const examples = `
Examples:
  dragoman servers add memory -- npx -y @modelcontextprotocol/server-memory
  dragoman servers add search --env 'BRAVE_API_KEY=\${BRAVE_API_KEY}' -- npx -y @brave/brave-search-mcp-server
  dragoman servers add github --url https://api.githubcopilot.com/mcp/ --header 'Authorization=Bearer \${GITHUB_TOKEN}'
  dragoman servers add --from ~/.cursor/mcp.json

\${NAME} stays as it is in the file and is filled in from the environment or .env. More: docs/servers.md`;

/** `dragoman servers add`: puts an entry into the list, and tries the server. */
export function addAddCommand(servers: Command, terminal: Terminal): void {
  servers
    .command('add')
    .description("put a server into the list and try it; --from takes entries from another MCP client's file")
    .argument('[name]', 'its name: a-z, 0-9 and -')
    .argument('[command...]', 'after --: the program that speaks MCP over stdio, and its arguments')
    .option('--url <url>', 'the address of a server elsewhere, instead of a command')
    .addOption(new Option('--type <type>', 'how it speaks at its address').choices(['http', 'sse']))
    .option(
      '--header <name=value>',
      'a header for its address; can be given again',
      pair(/^([^=:\s]+)\s*[=:]\s*(.*)$/s),
    )
    .option('--env <name=value>', 'a variable for its command; can be given again', pair(/^(\w+)=(.*)$/s))
    .option('--cwd <folder>', 'where its command runs, if not in the project')
    .option('--disabled', 'without using it yet')
    .option('--trust-annotations', 'believe what it says of its tools: which only read')
    .option('--network <name>', 'on Compose: none, internet, or a Docker network that its container joins')
    .option('--from <file>', 'take all entries of that file, or the one of this name')
    .option('--no-test', 'without trying it')
    .addHelpText('after', examples)
    .action((name: string | undefined, command: string[], options: Options) => add(terminal, name, command, options));
}

async function add(terminal: Terminal, name: string | undefined, command: string[], options: Options): Promise<void> {
  const env = runnerEnvironment();
  const { found, problems } =
    options.from === undefined
      ? { found: [{ written: nameOf(name), raw: entryOf(command, options) }], problems: [] }
      : entriesOfFile(options.from, name);
  const { added, refused } = addEntries(terminal, serversFile(env), found);
  for (const problem of [...problems, ...refused]) terminal.err.write(`Not added: ${problem}\n`);
  if (problems.length + refused.length > 0) process.exitCode = options.from === undefined ? 2 : 1;
  const works = options.test ? await tryAll(terminal, added, env) : true;
  if (added.length === 0) return;
  terminal.err.write(
    'Operators may use their tools, and are asked before each call; mcp/policy.yaml says who else may.\n',
  );
  await afterChange(terminal, serversFile(env));
  for (const { name, raw } of added) terminal.err.write(networkHint(name, raw));
  if (!works) process.exitCode = 1;
}

async function tryAll(
  terminal: Terminal,
  added: { name: string; raw: Record<string, unknown> }[],
  env: ReturnType<typeof runnerEnvironment>,
): Promise<boolean> {
  let all = true;
  for (const { name, raw } of added) {
    if (raw['disabled'] === true) continue;
    const works = await tryAndShow(terminal, name, raw, env);
    if (!works) terminal.err.write(`  It stays in the list. Mend that, and: npx dragoman servers test ${name}\n`);
    all &&= works;
  }
  return all;
}

function nameOf(name: string | undefined): string {
  if (name !== undefined) return name;
  throw new UserError('usage', 'Say a name and, after --, a command; or a name and --url; or --from and a file.');
}

function entryOf(command: string[], options: Options): NewEntry['raw'] {
  const { url, type, header, env, cwd, disabled, trustAnnotations, network } = options;
  const [program, ...args] = command;
  if ((program === undefined) === (url === undefined))
    throw new UserError('usage', 'Say either a command, after --, or an address with --url.');
  if (url === undefined && (type ?? header) !== undefined)
    throw new UserError('usage', '--type and --header are for servers with --url.');
  if (url !== undefined && (env ?? cwd) !== undefined)
    throw new UserError('usage', '--env and --cwd are for servers with a command.');
  return {
    ...(url === undefined ? { command: program, ...(args.length > 0 && { args }) } : { type, url }),
    ...(header && { headers: header }),
    ...(env && { env }),
    ...(cwd !== undefined && { cwd }),
    ...(disabled && { disabled }),
    ...(trustAnnotations && { trustAnnotations }),
    ...(network !== undefined && { network }),
  };
}

/** Programs that fetch what they run. */
const fetching = /^(?:npx|uvx|pipx|bunx|docker)$/;

/** A container has no way out unless its entry asks for one, and such a program then finds nothing to run. */
function networkHint(name: string, { command, network }: NewEntry['raw']): string {
  if (network !== undefined || typeof command !== 'string' || !fetching.test(command)) return '';
  return `On Compose ${command} needs a way out to fetch ${name}: give its entry "network": "internet".\n`;
}

/** Collects options of the form name=value. */
function pair(form: RegExp): (text: string, before: Record<string, string> | undefined) => Record<string, string> {
  return (text, before) => {
    const [, name, value = ''] = form.exec(text) ?? [];
    if (name === undefined) throw new UserError('usage', `"${text.split('=')[0]}": write NAME=value.`);
    return { ...before, [name]: value };
  };
}

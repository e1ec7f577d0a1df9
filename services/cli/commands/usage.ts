import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  monthOf,
  monthPattern,
  readRoleUsage,
  readUsage,
  type RoleUsageRow,
  type UsageRow,
} from '#shared/run/usage.ts';
import { readCliConfig } from '../config.ts';
import { printListing } from '../listing.ts';
import { connectStack } from '../stack.ts';
import type { Terminal } from '../terminal.ts';

interface Options {
  month?: string;
  user?: string;
  by?: 'role';
  json?: true;
}

/** `dragoman usage`: what each person and program used in a month. */
export function addUsageCommand(program: Command, terminal: Terminal): void {
  program
    .command('usage')
    .option('--month <month>', 'such as 2026-11 (UTC); this month when left out', month)
    .option('--user <who>', 'only of this one, as the listing names it: discord:1234, api:ci')
    .addOption(
      new Option('--by <what>', 'role: what people and keys of each role used; who has several counts in each')
        .choices(['role'])
        .conflicts('user'),
    )
    .option('--json', 'as JSON')
    .action((options: Options) => show(options, terminal));
}

async function show({ month: asked, user, by, json }: Options, terminal: Terminal): Promise<void> {
  await using connection = await connectStack(readCliConfig());
  const of = asked ?? monthOf(Date.now());
  const options = { json, empty: `Nothing was used in ${of}.` };
  if (by === 'role') {
    const rows = await readRoleUsage(connection.redis, of);
    return printListing(terminal, rows, { role: ({ role }: RoleUsageRow) => role, ...used }, options);
  }
  const rows = await readUsage(connection.redis, of, user);
  printListing(terminal, rows, { who: ({ caller }: UsageRow) => caller, ...used }, options);
}

type Used = Omit<UsageRow, 'caller'>;

const used = {
  runs: ({ runs }: Used) => String(runs),
  'passed on': ({ passedOn }: Used) => String(passedOn),
  'tokens in': ({ inputTokens }: Used) => String(inputTokens),
  'tokens out': ({ outputTokens }: Used) => String(outputTokens),
  USD: ({ costUsd }: Used) => costUsd.toFixed(4),
};

function month(text: string): string {
  if (!monthPattern.test(text)) throw new InvalidArgumentError('a month like 2026-11');
  return text;
}

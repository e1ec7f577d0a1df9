import { InvalidArgumentError, type Command } from 'commander';
import { monthOf, monthPattern, readUsage, type UsageRow } from '#shared/run/usage.ts';
import { readCliConfig } from '../config.ts';
import { printListing } from '../listing.ts';
import { connectStack } from '../stack.ts';
import type { Terminal } from '../terminal.ts';

interface Options {
  month?: string;
  user?: string;
  json?: true;
}

/** `dragoman usage`: what each person and program used in a month. */
export function addUsageCommand(program: Command, terminal: Terminal): void {
  program
    .command('usage')
    .option('--month <month>', 'such as 2026-11 (UTC); this month when left out', month)
    .option('--user <who>', 'only of this one, as the listing names it: discord:1234, api:ci')
    .option('--json', 'as JSON')
    .action((options: Options) => show(options, terminal));
}

async function show({ month: asked, user, json }: Options, terminal: Terminal): Promise<void> {
  await using connection = await connectStack(readCliConfig());
  const of = asked ?? monthOf(Date.now());
  const rows = await readUsage(connection.redis, of, user);
  printListing(terminal, rows, columns, { json, empty: `Nothing was used in ${of}.` });
}

const columns = {
  who: ({ caller }: UsageRow) => caller,
  runs: ({ runs }: UsageRow) => String(runs),
  'passed on': ({ passedOn }: UsageRow) => String(passedOn),
  'tokens in': ({ inputTokens }: UsageRow) => String(inputTokens),
  'tokens out': ({ outputTokens }: UsageRow) => String(outputTokens),
  USD: ({ costUsd }: UsageRow) => costUsd.toFixed(4),
};

function month(text: string): string {
  if (!monthPattern.test(text)) throw new InvalidArgumentError('a month like 2026-11');
  return text;
}

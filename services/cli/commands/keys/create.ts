import type { Command } from 'commander';
import { UserError } from '#shared/ground/errors.ts';
import { createApiKey, type NewApiKey } from '#shared/rights/api-keys.ts';
import { readPolicy } from '#shared/rights/policy.ts';
import { commaList, dollars, lifetime } from '#services/cli/arguments.ts';
import { terminalCaller } from '#services/cli/ask.ts';
import { readCliConfig } from '#services/cli/config.ts';
import { connectStack } from '#services/cli/stack.ts';
import type { Terminal } from '#services/cli/terminal.ts';
import { showOnce } from './show-once.ts';

interface Options {
  name: string;
  role: string[];
  /** Milliseconds. */
  expires?: number;
  models?: string[];
  /** US dollars in a calendar month. */
  budget?: number;
  json?: true;
}

/** `dragoman keys create`: a new key, shown this once. */
export function addCreateCommand(keys: Command, terminal: Terminal): void {
  keys
    .command('create')
    .description('make a key, and show it this once')
    .requiredOption('--name <name>', 'what the key is called in listings and the audit log')
    .requiredOption('--role <names>', 'roles of the policy, comma-separated', commaList)
    .option('--expires <time>', 'refused after this time: 12h, 90d; never when left out', lifetime)
    .option('--models <names>', 'only these models, comma-separated; those of the roles when left out', commaList)
    .option('--budget <usd>', 'US dollars that it may cost in a calendar month', dollars)
    .option('--json', 'as JSON')
    .action((options: Options) => create(options, terminal));
}

async function create({ name, role, expires, models, budget, json }: Options, terminal: Terminal): Promise<void> {
  const config = readCliConfig();
  checkRoles(role, config.POLICY_FILE);
  await using connection = await connectStack(config);
  const asked: NewApiKey = { name, roles: role, expiresInMs: expires, models, budgetUsd: budget };
  await showOnce(terminal, connection.redis, await createApiKey(connection.redis, asked, terminalCaller().name), {
    json,
  });
}

/** A role that the policy does not know would grant nothing, in silence. */
function checkRoles(roles: string[], policyFile: string): void {
  const known = readPolicy(policyFile).roleNames();
  const unknown = roles.filter((role) => !known.includes(role));
  if (unknown.length === 0) return;
  throw new UserError(
    'unknown-role',
    `${policyFile} has no role ${unknown.join(', ')}; roles are ${known.join(', ') || '(none)'}.`,
  );
}

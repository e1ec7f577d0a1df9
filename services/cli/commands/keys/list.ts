import type { Command } from 'commander';
import { isValid, listApiKeys, type ApiKey } from '#shared/rights/api-keys.ts';
import { readKeysFile } from '#shared/rights/api-keys-file.ts';
import { readCliConfig } from '#services/cli/config.ts';
import { ago, printListing } from '#services/cli/listing.ts';
import { connectStack } from '#services/cli/stack.ts';
import type { Terminal } from '#services/cli/terminal.ts';

/** `dragoman keys list`: all keys, never the keys themselves. */
export function addListCommand(keys: Command, terminal: Terminal): void {
  keys
    .command('list', { isDefault: true })
    .description('all keys, the newest first; those of DRAGOMAN_API_KEYS_FILE after them')
    .option('--json', 'as JSON')
    .action((options: { json?: true }) => list(options, terminal));
}

async function list({ json }: { json?: true }, terminal: Terminal): Promise<void> {
  const config = readCliConfig();
  const { DRAGOMAN_API_KEYS_FILE: file } = config;
  const ofFile = file === undefined ? [] : readKeysFile(file).list();
  await using connection = await connectStack(config);
  const rows = [...(await listApiKeys(connection.redis)), ...ofFile].map((key) => ({ ...key, state: stateOf(key) }));
  printListing(terminal, rows, columns, { json, empty: 'There is no key yet: npx dragoman keys create makes one.' });
}

function stateOf(key: ApiKey): 'valid' | 'revoked' | 'expired' {
  if (key.revokedAt !== undefined) return 'revoked';
  return isValid(key, Date.now()) ? 'valid' : 'expired';
}

const columns = {
  name: ({ name }: ApiKey) => name,
  id: ({ id }: ApiKey) => id,
  state: stateOf,
  roles: ({ roles }: ApiKey) => roles.join(', '),
  made: ({ createdAt }: ApiKey) => (createdAt === 0 ? '' : ago(createdAt)),
  'last use': ({ lastUsedAt, createdAt }: ApiKey) => {
    if (lastUsedAt !== undefined) return ago(lastUsedAt);
    // Nobody writes down the uses of a key that stands in the file.
    return createdAt === 0 ? '' : 'never';
  },
  until: ({ expiresAt }: ApiKey) => (expiresAt === undefined ? '' : new Date(expiresAt).toISOString().slice(0, 10)),
  models: ({ models = [] }: ApiKey) => models.join(', '),
  'USD a month': ({ budgetUsd }: ApiKey) => (budgetUsd === undefined ? '' : String(budgetUsd)),
};

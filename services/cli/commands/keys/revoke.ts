import type { Command } from 'commander';
import { UserError } from '#shared/ground/errors.ts';
import { revokeApiKey } from '#shared/rights/api-keys.ts';
import { terminalCaller } from '#services/cli/ask.ts';
import { readCliConfig } from '#services/cli/config.ts';
import { connectStack } from '#services/cli/stack.ts';
import type { Terminal } from '#services/cli/terminal.ts';

/** `dragoman keys revoke`: refused from now on. Runs that it began go on. */
export function addRevokeCommand(keys: Command, terminal: Terminal): void {
  keys
    .command('revoke')
    .description('refuse a key from now on; what it has asked is still answered')
    .argument('<key>', 'its name (all of that name) or its id')
    .option('--json', 'as JSON')
    .action(async (key: string, { json }: { json?: true }) => {
      await using connection = await connectStack(readCliConfig());
      const revoked = await revokeApiKey(connection.redis, key, terminalCaller().name);
      if (revoked === 0) {
        throw new UserError('unknown-key', `No valid key has the name or id ${key}. npx dragoman keys list shows all.`);
      }
      terminal.out.write(json ? `${JSON.stringify({ key, revoked })}\n` : `Revoked ${key}: ${revoked} key(s).\n`);
    });
}

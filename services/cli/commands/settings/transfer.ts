import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { UserError } from '#shared/ground/errors.ts';
import { settingsOwners } from '#shared/settings/change-settings.ts';
import { exportSettings, importSettings } from '#shared/settings/export.ts';
import { terminalCaller } from '#services/cli/ask.ts';
import { readCliConfig } from '#services/cli/config.ts';
import { connectStack } from '#services/cli/stack.ts';
import type { Terminal } from '#services/cli/terminal.ts';

/** `export` writes settings as JSON, of some owners or of all; `import` takes them in. */
export function addTransferCommands(settings: Command, terminal: Terminal): void {
  settings
    .command('export [owners...]')
    .description('settings as JSON: of these owners, or of all')
    .action((owners: string[]) => write(owners, terminal));
  settings
    .command('import <file>')
    .description('take in what export wrote; what the file does not name stays')
    .action((file: string) => take(file, terminal));
}

async function write(owners: string[], terminal: Terminal): Promise<void> {
  await using connection = await connectStack(readCliConfig());
  const named = owners.length > 0 ? owners : await settingsOwners(connection.redis);
  terminal.out.write(`${JSON.stringify(await exportSettings(connection.redis, named), null, 2)}\n`);
}

async function take(file: string, terminal: Terminal): Promise<void> {
  const exported = read(file);
  await using connection = await connectStack(readCliConfig());
  const owners = await importSettings(connection.redis, exported, terminalCaller());
  terminal.out.write(`Taken in: ${owners.join(', ') || 'nothing'}.\n`);
}

function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'is no JSON' : 'cannot be read';
    throw new UserError('bad-import', `${file} ${why}.`);
  }
}

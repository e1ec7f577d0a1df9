import type { Command } from 'commander';
import { exportSettings } from '#shared/settings/export.ts';
import { settings as catalogue, settingNames } from '#shared/settings/catalogue.ts';
import { settingsOwners } from '#shared/settings/change-settings.ts';
import { readCliConfig } from '#services/cli/config.ts';
import { connectStack } from '#services/cli/stack.ts';
import type { Terminal } from '#services/cli/terminal.ts';

interface Options {
  json?: true;
}

/** `list`: who has set what; and which settings there are. `show`: what one owner has set. */
export function addShowCommands(settings: Command, terminal: Terminal): void {
  settings
    .command('list')
    .description('whose settings there are, and which can be set')
    .option('--json', 'as JSON')
    .action((options: Options) => list(options, terminal));
  settings
    .command('show <owner>')
    .description('what one has set: server:<id>, channel:<id>, thread:<id>, person:discord:<id>, personas:<server>')
    .option('--json', 'as JSON')
    .action((owner: string, options: Options) => show(owner, options, terminal));
}

async function list({ json }: Options, terminal: Terminal): Promise<void> {
  await using connection = await connectStack(readCliConfig());
  const owners = await settingsOwners(connection.redis);
  const set = await exportSettings(connection.redis, owners);
  if (json) {
    terminal.out.write(`${JSON.stringify(set.settings)}\n`);
    return;
  }
  for (const [owner, values] of Object.entries(set.settings)) {
    terminal.out.write(`${owner}  ${Object.keys(values).join(', ')}\n`);
  }
  if (Object.keys(set.settings).length === 0) terminal.out.write('Nobody has set anything.\n');
  terminal.err.write(
    `Settings: ${settingNames.map((name) => `\n  ${name}  ${catalogue[name].description}`).join('')}\n`,
  );
}

async function show(owner: string, { json }: Options, terminal: Terminal): Promise<void> {
  await using connection = await connectStack(readCliConfig());
  const values = (await exportSettings(connection.redis, [owner])).settings[owner] ?? {};
  if (json) {
    terminal.out.write(`${JSON.stringify(values)}\n`);
    return;
  }
  for (const [name, value] of Object.entries(values)) {
    terminal.out.write(`${name}  ${typeof value === 'string' ? value : JSON.stringify(value)}\n`);
  }
  if (Object.keys(values).length === 0) terminal.out.write(`${owner} has set nothing.\n`);
}

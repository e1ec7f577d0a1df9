import type { Command } from 'commander';
import { checkSetting, exportSettings } from '#shared/settings/export.ts';
import { parseSettingName, storeIn } from '#shared/settings/change-settings.ts';
import { terminalCaller } from '#services/cli/ask.ts';
import { readCliConfig } from '#services/cli/config.ts';
import { connectStack } from '#services/cli/stack.ts';
import type { Terminal } from '#services/cli/terminal.ts';

/** `set` and `reset`: change one setting of one owner; the audit log says who did. */
export function addSetCommands(settings: Command, terminal: Terminal): void {
  settings
    .command('set <owner> <name> <value>')
    .description('set one, as those who manage the server or channel can')
    .action((owner: string, name: string, value: string) => set(owner, name, value, terminal));
  settings
    .command('reset <owner> [name]')
    .description('take one away, or all that the owner has set')
    .action((owner: string, name: string | undefined) => reset(owner, name, terminal));
}

async function set(owner: string, name: string, value: string, terminal: Terminal): Promise<void> {
  const change = checkSetting(owner, name, value);
  await using connection = await connectStack(readCliConfig());
  await storeIn(connection.redis, owner, [change], terminalCaller());
  terminal.out.write(`${owner}: ${change[0]} is set.\n`);
}

async function reset(owner: string, name: string | undefined, terminal: Terminal): Promise<void> {
  const named = name === undefined ? undefined : parseSettingName(name);
  await using connection = await connectStack(readCliConfig());
  const { redis } = connection;
  const names =
    named === undefined ? Object.keys((await exportSettings(redis, [owner])).settings[owner] ?? {}) : [named];
  const before = await storeIn(
    redis,
    owner,
    names.map((each) => [each, undefined]),
    terminalCaller(),
  );
  const gone = names.filter((_, index) => before[index] !== undefined);
  terminal.out.write(gone.length === 0 ? `${owner}: nothing was set.\n` : `${owner}: ${gone.join(', ')} taken away.\n`);
}

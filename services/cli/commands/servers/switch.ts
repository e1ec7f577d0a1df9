import type { Command } from 'commander';
import { isObject } from '#shared/ground/objects.ts';
import { serversFile } from '#services/cli/servers/list-file.ts';
import { insertProperty, removeProperty } from '#services/cli/servers/edit-text.ts';
import { findEntry, openServerFile, replaceFile } from '#services/cli/servers/open-file.ts';
import { afterChange } from '#services/cli/servers/after-change.ts';
import type { Terminal } from '#services/cli/terminal.ts';

/** `dragoman servers enable|disable <name>`: keeps an entry, and says whether it is used. */
export function addSwitchCommands(servers: Command, terminal: Terminal): void {
  for (const verb of ['enable', 'disable'] as const) {
    servers
      .command(verb)
      .description(verb === 'enable' ? 'use a server that is disabled' : 'keep a server in the list without using it')
      .argument('<name>', 'which')
      .action(async (name: string) => {
        const file = serversFile();
        terminal.out.write(`${switchEntry(file, name, verb === 'enable')} is ${verb}d.\n`);
        await afterChange(terminal, file);
      });
  }
}

/** Returns the server's name. Throws UserError when there is none of that name. */
function switchEntry(file: string, given: string, enabled: boolean): string {
  const open = openServerFile(file);
  const { name, written, raw } = findEntry(open, given);
  const entry = [...open.listPath, written];
  let { text } = open;
  // Some other clients say `disabled`, some `enabled`. Both are removed, and ours is added where it is needed.
  for (const key of ['disabled', 'enabled'])
    if (isObject(raw) && key in raw) text = removeProperty(text, [...entry, key]);
  if (!enabled) text = insertProperty(text, entry, 'disabled', true);
  replaceFile(open, text);
  return name;
}

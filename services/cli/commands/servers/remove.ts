import type { Command } from 'commander';
import { serversFile } from '#services/cli/servers/list-file.ts';
import { removeProperty } from '#services/cli/servers/edit-text.ts';
import { findEntry, openServerFile, replaceFile } from '#services/cli/servers/open-file.ts';
import { afterChange } from '#services/cli/servers/after-change.ts';
import type { Terminal } from '#services/cli/terminal.ts';

/** `dragoman servers remove <name>`: takes an entry out of the list. */
export function addRemoveCommand(servers: Command, terminal: Terminal): void {
  servers
    .command('remove')
    .description('take a server out of the list')
    .argument('<name>', 'which')
    .action(async (name: string) => {
      const open = openServerFile(serversFile());
      const { written } = findEntry(open, name);
      replaceFile(open, removeProperty(open.text, [...open.listPath, written]));
      terminal.out.write(`${written} is no longer in ${open.file}.\n`);
      await afterChange(terminal, open.file);
    });
}

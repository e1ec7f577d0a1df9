import type { Command } from 'commander';
import { readEntry } from '#shared/servers/entry.ts';
import { isObject } from '#shared/ground/objects.ts';
import { serversFile } from '#services/cli/servers/list-file.ts';
import { runnerEnvironment } from '#services/cli/servers/environment.ts';
import { findEntry, openServerFile } from '#services/cli/servers/open-file.ts';
import { tryAndShow } from '#services/cli/servers/show-trial.ts';
import type { Terminal } from '#services/cli/terminal.ts';

/** `dragoman servers test <name>`: starts one server as the stack would, and shows what it offers. */
export function addTestCommand(servers: Command, terminal: Terminal): void {
  servers
    .command('test')
    .description('start a server just as the stack does, list its tools, and end it; exit code 1 when it does not work')
    .argument('<name>', 'which')
    .option('--json', 'as JSON')
    .action(async (name: string, options: { json?: true }) => {
      const env = runnerEnvironment();
      const { name: server, raw } = findEntry(openServerFile(serversFile(env)), name);
      if (!options.json && readEntry(raw).disabled)
        terminal.err.write(`${server} is disabled; it is tried all the same.\n`);
      const works = await tryAndShow(terminal, server, isObject(raw) ? raw : {}, env, options);
      if (!works) process.exitCode = 1;
    });
}

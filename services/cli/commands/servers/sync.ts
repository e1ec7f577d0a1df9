import type { Command } from 'commander';
import { serversFile } from '#services/cli/servers/list-file.ts';
import type { Terminal } from '#services/cli/terminal.ts';

/** `dragoman servers sync`: writes what the Compose stack has of the list, after the list was edited by hand. */
export function addSyncCommand(servers: Command, terminal: Terminal): void {
  servers
    .command('sync')
    .description('write what compose.yaml, LiteLLM and Prometheus have of the list, after editing it by hand')
    .option('--check', 'only tell what is stale; exit code 1 when something is')
    .action(async ({ check = false }: { check?: boolean }) => {
      const list = serversFile();
      const { followList, staleStackFiles } = await import('#services/cli/stack-files/follow.ts');
      const files = check ? await staleStackFiles(list) : await followList(list);
      if (files.length === 0) terminal.out.write(`The Compose stack follows ${list}.\n`);
      for (const file of files) terminal.out.write(`${file} ${check ? 'is stale' : 'is written anew'}\n`);
      if (check && files.length > 0) process.exitCode = 1;
    });
}

import type { Command } from 'commander';
import { readCliConfig } from '../config.ts';
import type { Terminal } from '../terminal.ts';
import { listTools } from '../tools/list.ts';

/** `dragoman tools`: what the person at this terminal may use, and what needs an approval. */
export function addToolsCommand(program: Command, terminal: Terminal): void {
  program
    .command('tools')
    .option('--all', 'also those that the policy denies you')
    .option('--json', 'everything about them as JSON')
    .action(async (options: { all?: true; json?: true }) => {
      const complete = await listTools(terminal, readCliConfig(), options);
      if (!complete) process.exitCode = 1;
    });
}

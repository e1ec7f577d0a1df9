import type { Command } from 'commander';
import { rotateApiKey } from '#shared/rights/api-keys.ts';
import { age } from '#services/cli/arguments.ts';
import { terminalCaller } from '#services/cli/ask.ts';
import { readCliConfig } from '#services/cli/config.ts';
import { connectStack } from '#services/cli/stack.ts';
import type { Terminal } from '#services/cli/terminal.ts';
import { showOnce } from './show-once.ts';

const dayMs = 86_400_000;

/** `dragoman keys rotate`: a new key of the same name and rights; the old one ends after the overlap. */
export function addRotateCommand(keys: Command, terminal: Terminal): void {
  keys
    .command('rotate')
    .description('make a new key with the same name and rights, and let the old one end')
    .argument('<name>', 'name of the key')
    .option('--overlap <time>', 'the old key is still valid for so long: 0s, 24h', age, dayMs)
    .option('--json', 'as JSON')
    .action(async (name: string, { overlap, json }: { overlap: number; json?: true }) => {
      await using connection = await connectStack(readCliConfig());
      await showOnce(
        terminal,
        connection.redis,
        await rotateApiKey(connection.redis, name, overlap, terminalCaller().name),
        { json },
      );
      const end = new Date(Date.now() + overlap).toISOString().slice(0, 16);
      terminal.err.write(overlap === 0 ? 'The old key has ended.\n' : `The old key ends by ${end}Z.\n`);
    });
}

import type { Command } from 'commander';
import { forgetPerson, listMemories, type MemoryEntry } from '#shared/memory/store.ts';
import { readCliConfig } from '../config.ts';
import { ago, printListing } from '../listing.ts';
import { connectStack } from '../stack.ts';
import type { Terminal } from '../terminal.ts';

/** `dragoman memory list|forget <who>`: what is remembered for a person or program, and to forget all of it. */
export function addMemoryCommand(program: Command, terminal: Terminal): void {
  const memory = program.command('memory');
  memory
    .command('list')
    .description('what somebody had remembered for themselves')
    .argument('<who>', 'as usage names them: discord:1234, api:ci, terminal:ann')
    .option('--json', 'as JSON')
    .action(async (who: string, { json }: { json?: true }) => {
      await using connection = await connectStack(readCliConfig());
      // How long memories are kept is a setting of the workers, which remove what is too old.
      const rows = await listMemories(connection.redis, `person:${who}`, Number.MAX_SAFE_INTEGER);
      printListing(terminal, rows, columns, { json, empty: `Nothing is remembered for ${who}.` });
    });
  memory
    .command('forget')
    .description('forget somebody: their own memories, and those that they saved for channels and servers')
    .argument('<who>', 'as usage names them: discord:1234, api:ci, terminal:ann')
    .option('--json', 'as JSON')
    .action(async (who: string, { json }: { json?: true }) => {
      await using connection = await connectStack(readCliConfig());
      const forgotten = await forgetPerson(connection.redis, who);
      terminal.out.write(
        json ? `${JSON.stringify({ who, forgotten })}\n` : `Forgot ${forgotten} memories of ${who}.\n`,
      );
    });
}

const columns = {
  id: ({ id }: MemoryEntry) => id,
  saved: ({ at }: MemoryEntry) => ago(at),
  text: ({ text }: MemoryEntry) => text,
};

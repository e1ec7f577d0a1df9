import type { Command } from 'commander';
import { mendRun, type Mended } from '#shared/run/mend.ts';
import { readCliConfig } from '#services/cli/config.ts';
import { printListing } from '#services/cli/listing.ts';
import { connectStack } from '#services/cli/stack.ts';
import type { Terminal } from '#services/cli/terminal.ts';
import { selectRuns } from './select.ts';

interface Row {
  run: string;
  state: Mended;
}

/** `dragoman jobs requeue`: brings runs that have not ended on their way again. */
export function addRequeueCommand(jobs: Command, terminal: Terminal): void {
  jobs
    .command('requeue')
    .description(
      'bring runs that have not ended on their way at once; workers do so by themselves within half a minute',
    )
    .argument('<runs...>', 'their ids')
    .option('--json', 'how each was found and what was done, as JSON')
    .action((runs: string[], options: { json?: true }) => requeueRuns(runs, options, terminal));
}

async function requeueRuns(ids: string[], options: { json?: true }, terminal: Terminal): Promise<void> {
  await using connection = await connectStack(readCliConfig());
  const rows: Row[] = [];
  for (const { id, archived } of await selectRuns(connection, ids, { limit: ids.length })) {
    rows.push({ run: id, state: archived ? 'ended' : await mendRun(connection.runs, id) });
  }
  const columns = { run: ({ run }: Row) => run, state: ({ state }: Row) => meaning[state] };
  printListing(terminal, rows, columns, { json: options.json, empty: '' });
  if (rows.some(({ state }) => state === 'ended')) process.exitCode = 1;
}

const meaning: Record<Mended, string> = {
  queued: 'had no job and has one again',
  hastened: 'its job was put off or had failed; it is worked next',
  woken: 'waited for nothing and goes on',
  'under-way': 'has its job; nothing to do',
  'in-line': 'another run of its conversation goes before it',
  waiting: 'waits for a human: dragoman approvals list',
  ended: 'has ended: dragoman jobs replay asks it again',
  unknown: 'is not kept any more',
};

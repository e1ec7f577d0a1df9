import type { Command } from 'commander';
import { terminalCaller } from '#services/cli/ask.ts';
import { readCliConfig } from '#services/cli/config.ts';
import { connectStack } from '#services/cli/stack.ts';
import type { Terminal } from '#services/cli/terminal.ts';
import { confirmMany } from './confirm.ts';
import { addSelection, selectRuns, type Selection } from './select.ts';

interface Options extends Selection {
  all?: true;
  yes?: true;
  json?: true;
}

/** `dragoman jobs discard`: forgets failed runs with their journals. */
export function addDiscardCommand(jobs: Command, terminal: Terminal): void {
  const discard = jobs
    .command('discard')
    .description('forget runs with their journals; what was shown to people stays')
    .argument('[runs...]', 'their ids; without, the failed ones that the filters fit');
  addSelection(discard, 1_000)
    .option('--all', 'all failed runs, up to --limit')
    .option('--yes', 'do not ask before many')
    .option('--json', 'what became of each, as JSON')
    .action((runs: string[], options: Options) => discardRuns(runs, options, terminal));
}

async function discardRuns(ids: string[], options: Options, terminal: Terminal): Promise<void> {
  await using connection = await connectStack(readCliConfig());
  const runs = await selectRuns(connection, ids, options);
  await confirmMany(terminal, runs.length, `forget ${runs.length} runs for good`, options);
  const by = terminalCaller().name;
  const rows: { run: string; state: string }[] = [];
  for (const { id } of runs) rows.push({ run: id, state: await connection.lookup.discard(id, by) });
  if (options.json) {
    terminal.out.write(`${JSON.stringify(rows, undefined, 2)}\n`);
    return;
  }
  for (const { run, state } of rows) {
    if (state !== 'discarded') terminal.err.write(`${run}: ${state.replaceAll('-', ' ')}\n`);
  }
  terminal.out.write(`${rows.filter(({ state }) => state === 'discarded').length} discarded\n`);
}

import type { Command } from 'commander';
import type { RunRecord } from '#shared/run/record.ts';
import { unreadableAmong } from '#shared/run/unreadable.ts';
import { readCliConfig } from '#services/cli/config.ts';
import { ago, printListing } from '#services/cli/listing.ts';
import { unreadableRuns } from '#services/cli/doctor/check-runs.ts';
import { connectStack } from '#services/cli/stack.ts';
import type { Terminal } from '#services/cli/terminal.ts';
import { duration, oneLine } from '#services/cli/text.ts';
import { addSelection, filterOf, type Selection } from './select.ts';

interface Options extends Selection {
  failed?: true;
  json?: true;
}

/** `dragoman jobs list`: runs, the latest first. */
export function addListCommand(jobs: Command, terminal: Terminal): void {
  const list = jobs.command('list').description('the latest runs, newest first');
  addSelection(list, 20)
    .option('--failed', 'only those that failed and were neither replayed nor discarded; implied by --reason')
    .option('--json', 'as JSON')
    .action((options: Options) => listRuns(options, terminal));
}

async function listRuns(options: Options, terminal: Terminal): Promise<void> {
  await using connection = await connectStack(readCliConfig());
  const failed = options.failed === true || options.reason !== undefined;
  const { lookup } = connection;
  const filter = filterOf(options);
  const { rows, notes, unreadable: passedOver = [] } = await (failed ? lookup.failed(filter) : lookup.recent(filter));
  const empty = failed ? 'No failed run fits.' : 'Nothing fits, or nothing has been asked yet.';
  printListing(terminal, rows, columns, { json: options.json, empty, notes });
  // The journals of open runs are read too, because a run whose journal cannot be read goes no further.
  const open = rows.flatMap(({ id, status, archived }) => (status === 'ended' || archived ? [] : [id]));
  const unreadable = [...passedOver.map((id) => ({ id })), ...(await unreadableAmong(connection.redis, open))];
  if (unreadable.length > 0) terminal.err.write(`${unreadableRuns(unreadable)}; npx dragoman doctor says why.\n`);
}

/** The state of a run, for people. */
export function stateOf({ replayedBy, outcome, status, undeliverable }: RunRecord): string {
  if (replayedBy !== undefined) return 'replayed';
  return `${outcome ?? status}${undeliverable === undefined ? '' : ', undelivered'}`;
}

const columns = {
  run: (run: RunRecord) => run.id,
  state: stateOf,
  ago: (run: RunRecord) => ago(run.acceptedAt),
  took: (run: RunRecord) => (run.endedAt === undefined ? '' : duration(run.endedAt - run.acceptedAt)),
  who: (run: RunRecord) => `${run.request.caller.kind}:${run.request.caller.name || run.request.caller.id}`,
  reason: (run: RunRecord) => run.reason ?? '',
  question: (run: RunRecord) => oneLine(run.request.text, 80),
};

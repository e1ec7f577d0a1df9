import { InvalidArgumentError, type Command } from 'commander';
import pc from 'picocolors';
import { UserError } from '#shared/errors.ts';
import { entryTime, readJournal } from '#shared/journal.ts';
import type { JournalEntry, StoredEntry } from '#shared/journal-entries.ts';
import { listRuns, readRun, type RunRecord } from '#shared/runs.ts';
import { readCliConfig } from '../config.ts';
import { ago, printListing } from '../listing.ts';
import { connectStack } from '../stack.ts';
import type { Terminal } from '../terminal.ts';
import { duration, oneLine, printable } from '../text.ts';

/** `dragoman jobs list|show`: runs and their journals. */
export function addJobsCommand(program: Command, terminal: Terminal): void {
  const jobs = program.command('jobs').description('runs: what was asked, how it went, step by step');
  jobs
    .command('list')
    .description('the latest runs, newest first')
    .option('--failed', 'only those that failed')
    .option('--limit <n>', 'how many', limit, 20)
    .option('--json', 'as JSON')
    .action((options: ListOptions) => list(options, terminal));
  jobs
    .command('show')
    .description('one run: its question, its journal, its answer')
    .argument('<run>', 'its id')
    .option('--json', 'record and journal as JSON')
    .action((runId: string, options: { json?: true }) => show(runId, options, terminal));
}

interface ListOptions {
  failed?: true;
  limit: number;
  json?: true;
}

async function list(options: ListOptions, terminal: Terminal): Promise<void> {
  await using connection = await connectStack(readCliConfig().REDIS_URL);
  const runs = await listRuns(connection.redis, { limit: options.limit, failed: options.failed ?? false });
  printListing(terminal, runs, columns, {
    json: options.json,
    empty: options.failed ? 'No run has failed.' : 'Nothing has been asked yet.',
  });
}

const columns = {
  run: (run: RunRecord) => run.id,
  state: (run: RunRecord) => run.outcome ?? run.status,
  ago: (run: RunRecord) => ago(run.acceptedAt),
  took: (run: RunRecord) => (run.endedAt === undefined ? '' : duration(run.endedAt - run.acceptedAt)),
  who: (run: RunRecord) => `${run.request.caller.kind}:${run.request.caller.name || run.request.caller.id}`,
  reason: (run: RunRecord) => run.reason ?? '',
  question: (run: RunRecord) => oneLine(run.request.text, 80),
};

async function show(runId: string, options: { json?: true }, terminal: Terminal): Promise<void> {
  await using connection = await connectStack(readCliConfig().REDIS_URL);
  const record = await readRun(connection.redis, runId);
  if (!record) {
    throw new UserError('unknown-run', `There is no run ${runId}. npx dragoman jobs list shows those that are kept.`);
  }
  const journal = await readJournal(connection.redis, runId);
  if (options.json) {
    terminal.out.write(`${JSON.stringify({ ...record, journal }, undefined, 2)}\n`);
    return;
  }
  const { caller, text } = record.request;
  terminal.out.write(`${pc.bold(runId)} ${record.outcome ?? record.status} ${record.reason ?? ''}\n`);
  terminal.out.write(`${caller.kind}:${caller.name || caller.id}: ${printable(text)}\n\n`);
  for (const stored of journal) terminal.out.write(`${journalLine(stored, record.acceptedAt)}\n`);
}

function journalLine({ id, entry }: StoredEntry, began: number): string {
  const at = `+${duration(Math.max(entryTime(id) - began, 0))}`.padStart(10);
  return `${pc.dim(at)}  ${pc.bold(entry.type.padEnd(18))} ${describe(entry)}`;
}

/** What an entry says, on one line. */
function describe(entry: JournalEntry): string {
  switch (entry.type) {
    case 'run.accepted':
      return entry.request.mode;
    case 'run.claimed':
      return `by ${entry.worker}, attempt ${entry.epoch}`;
    case 'model.answered': {
      const calls = entry.toolCalls.map((call) => call.name).join(', ');
      return `${entry.model} ${duration(entry.durationMs)} ${oneLine(entry.text, 100)}${calls ? ` → ${calls}` : ''}`;
    }
    case 'model.failed':
      return `${entry.reason}: ${oneLine(entry.message, 160)}`;
    case 'tool.intended':
      return `${entry.tool} ${oneLine(entry.arguments, 120)}`;
    case 'tool.finished':
      return `${entry.tool} ${entry.outcome} ${duration(entry.durationMs)} ${oneLine(entry.content, 120)}`;
    case 'approval.requested':
      return `${entry.approval}: ${entry.tool} ${oneLine(entry.arguments, 120)}`;
    case 'approval.decided':
      return `${entry.approval}: ${entry.decision} by ${entry.by}${entry.reason ? ` (${entry.reason})` : ''}`;
    case 'notice':
      return oneLine(entry.text, 160);
    case 'stop.requested':
      return `by ${entry.by}`;
    case 'replay.began':
      return `of ${entry.of} from ${entry.from}, by ${entry.by}; ${entry.steps} steps copied`;
    case 'replay.recorded':
      return `${entry.tool} of ${entry.run} ${entry.again ? 'is made again' : (entry.result?.outcome ?? 'unknown')}`;
    case 'run.ended':
      return `${entry.outcome}${entry.reason ? ` (${entry.reason})` : ''}\n\n${printable(entry.text)}`;
    case 'delivered':
      return `part ${entry.part}, message ${entry.message}`;
    case 'feedback':
      return `${entry.vote} by ${entry.by}${entry.reason ? `: ${oneLine(entry.reason, 120)}` : ''}`;
  }
}

function limit(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1_000) throw new InvalidArgumentError('from 1 to 1000');
  return value;
}

import type { Command } from 'commander';
import { paint } from '#shared/ground/paint.ts';
import { UserError } from '#shared/ground/errors.ts';
import { entryTime } from '#shared/run/journal.ts';
import type { JournalEntry, StoredEntry } from '#shared/run/journal-entries.ts';
import { callName } from '#shared/run/fold/run-state.ts';
import { readCliConfig } from '#services/cli/config.ts';
import { connectStack } from '#services/cli/stack.ts';
import type { Terminal } from '#services/cli/terminal.ts';
import { duration, oneLine, printable } from '#services/cli/text.ts';
import { stateOf } from './list.ts';

/** `dragoman jobs show`: one run, step by step. */
export function addShowCommand(jobs: Command, terminal: Terminal): void {
  jobs
    .command('show')
    .description('one run: its question, its journal, its answer')
    .argument('<run>', 'its id')
    .option('--json', 'record and journal as JSON')
    .option('--thoughts', 'also what the model thought before its answers')
    .action((runId: string, options: ShowOptions) => showRun(runId, options, terminal));
}

interface ShowOptions {
  json?: true;
  thoughts?: true;
}

async function showRun(runId: string, options: ShowOptions, terminal: Terminal): Promise<void> {
  await using connection = await connectStack(readCliConfig());
  const record = await connection.lookup.run(runId);
  if (!record) {
    throw new UserError('unknown-run', `There is no run ${runId}. npx dragoman jobs list shows those that are kept.`);
  }
  const journal = await connection.lookup.journal(record);
  if (options.json) {
    terminal.out.write(`${JSON.stringify({ ...record, journal }, undefined, 2)}\n`);
    return;
  }
  const { caller, text } = record.request;
  const where = record.archived ? '(in the archive)' : '';
  terminal.out.write(`${[paint.bold(runId), stateOf(record), record.reason ?? '', where].join(' ').trimEnd()}\n`);
  if (record.request.replayOf !== undefined) terminal.out.write(`replays ${record.request.replayOf}\n`);
  if (record.replayedBy !== undefined) terminal.out.write(`replayed by ${record.replayedBy}\n`);
  terminal.out.write(`${caller.kind}:${caller.name || caller.id}: ${printable(text)}\n\n`);
  for (const stored of journal) {
    terminal.out.write(`${journalLine(stored, record.acceptedAt)}\n`);
    if (options.thoughts) terminal.out.write(thoughtOf(stored.entry));
  }
}

function journalLine({ id, entry }: StoredEntry, began: number): string {
  const at = `+${duration(Math.max(entryTime(id) - began, 0))}`.padStart(10);
  return `${paint.dim(at)}  ${paint.bold(entry.type.padEnd(18))} ${describe(entry)}`;
}

function thoughtOf(entry: JournalEntry): string {
  const text = entry.type === 'model.answered' ? (entry.thought?.text ?? '') : '';
  return text === '' ? '' : `${paint.dim(printable(text).replace(/^/gm, '            │ '))}\n`;
}

/** An entry in words, on one line. */
function describe(entry: JournalEntry): string {
  switch (entry.type) {
    case 'run.accepted':
      return entry.request.mode;
    case 'run.claimed':
      return `by ${entry.worker}, attempt ${entry.epoch}`;
    case 'model.answered': {
      const names = entry.toolCalls.map((call) => call.name).join(', ');
      const calls = entry.leftOut ? `${names} and ${entry.leftOut} more, which were left out` : names;
      const notes = [entry.ending, entry.thought && 'thought'].filter(Boolean).map((note) => ` (${note})`);
      return `${entry.model} ${duration(entry.durationMs)}${notes.join('')} ${oneLine(entry.text, 100)}${calls ? ` → ${calls}` : ''}`;
    }
    case 'model.failed':
      return `${entry.reason}: ${oneLine(entry.message, 160)}${entry.upstream ? ` [${oneLine(entry.upstream, 300)}]` : ''}`;
    case 'answer.broke-off':
      return `broke off after ${entry.text.length} characters: ${oneLine(entry.text, 100)}`;
    case 'tool.intended':
      return `${callName(entry)} ${entry.tool} ${oneLine(entry.arguments, 120)}`;
    case 'tool.finished':
      return `${callName(entry)} ${entry.tool} ${entry.outcome} ${duration(entry.durationMs)} ${oneLine(entry.content, 120)}`;
    case 'approval.requested':
      return `${entry.approval}: ${entry.tool} ${oneLine(entry.arguments, 120)}`;
    case 'approval.decided':
      return `${entry.approval}: ${entry.decision} by ${entry.by}${entry.reason ? ` (${entry.reason})` : ''}`;
    case 'talk.read': {
      const notes = entry.summarised === undefined ? '' : `, and the summary of ${entry.summarised}`;
      return `${entry.messages} earlier messages${notes}, about ${entry.tokens} of ${entry.room} tokens; ${entry.leftOut} left out`;
    }
    case 'question.asked':
      return `${entry.question}: ${oneLine(entry.text, 160)}`;
    case 'question.answered':
      return `${entry.question}: ${entry.text === undefined ? (entry.none ?? 'no answer') : `${entry.by}: ${oneLine(entry.text, 160)}`}`;
    case 'notice':
      return oneLine(entry.text, 160);
    case 'steered':
      return `${entry.by}: ${oneLine(entry.text, 160)}`;
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
    case 'undeliverable':
      return `${entry.failure}: the answer does not stand in channel ${entry.channel} (${oneLine(entry.why, 160)})`;
    case 'feedback':
      return `${entry.vote} by ${entry.by}${entry.reason ? `: ${oneLine(entry.reason, 120)}` : ''}`;
  }
}

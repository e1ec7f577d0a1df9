import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { paint } from '#shared/ground/paint.ts';
import { DragomanError, UserError } from '#shared/ground/errors.ts';
import { readKeysFile } from '#shared/rights/api-keys-file.ts';
import { readPolicy } from '#shared/rights/policy.ts';
import { mayAskStill, type ModelRights } from '#shared/rights/recorded-model.ts';
import { replayRun, type ReplayOptions } from '#shared/run/replay.ts';
import type { CallPlace } from '#shared/run/fold/run-state.ts';
import type { ReplayFrom } from '#shared/run/replay-seed.ts';
import type { RunRecord } from '#shared/run/record.ts';
import { terminalCaller, watchRun } from '#services/cli/ask.ts';
import { readCliConfig, type CliConfig } from '#services/cli/config.ts';
import { createProgress } from '#services/cli/show/progress.ts';
import { connectStack, type Connection } from '#services/cli/stack.ts';
import type { Terminal } from '#services/cli/terminal.ts';
import { oneLine, printable } from '#services/cli/text.ts';
import { confirmMany } from './confirm.ts';
import { addSelection, selectRuns, type Selection } from './select.ts';

interface Options extends Selection {
  all?: true;
  from: ReplayFrom;
  model?: string;
  call?: CallPlace[];
  dryRun?: true;
  rate: number;
  wait?: true;
  yes?: true;
  json?: true;
}

/** What became of one run of a replay. */
interface Row {
  run: string;
  /** `accepted`, `already-replayed`, `not-ended`, `unknown`, or `refused` with the reason in `problem`. */
  state: string;
  replay?: string;
  outcome?: string;
  reason?: string;
  problem?: string;
}

/** `dragoman jobs replay`: sends failed runs on their way again. */
export function addReplayCommand(jobs: Command, terminal: Terminal): void {
  const replay = jobs
    .command('replay')
    .description('send runs on their way again; what had an effect is not done twice')
    .argument('[runs...]', 'their ids; without, the failed ones that the filters fit');
  addSelection(replay, 100)
    .option('--all', 'all failed runs, up to --limit')
    .addOption(
      new Option('--from <where>', 'ask the model anew, or go on after the last completed step')
        .choices(['start', 'failed-step'])
        .default('failed-step'),
    )
    .option('--model <name>', 'ask another model')
    .option('--call <step.call>', 'make this recorded call of the (one) run once more; repeatable', places)
    .option('--dry-run', 'call no tool: recorded results answer; shows what would be done and answered')
    .option('--rate <n>', 'runs a second', rate, 5)
    .option('--wait', 'until all have ended')
    .option('--yes', 'do not ask before many')
    .option('--json', 'what became of each, as JSON')
    .action((runs: string[], options: Options) => replayRuns(runs, options, terminal));
}

async function replayRuns(ids: string[], options: Options, terminal: Terminal): Promise<void> {
  const config = readCliConfig();
  await using connection = await connectStack(config);
  const rights = rightsOf(connection, config);
  const found = await selectRuns(connection, ids, options);
  // Archived runs that filters find are left out; a person who names one is told that it is archived.
  const runs = ids.length > 0 ? found : found.filter(({ archived }) => !archived);
  if (runs.length === 0) terminal.err.write('No failed run fits.\n');
  if (options.call && runs.length > 1) {
    throw new UserError('call-of-many', '--call names a call of one run: name that run alone.');
  }
  const from = options.from === 'start' ? 'from the start' : 'from the failed step';
  const what = `${options.dryRun ? 'try (dry run)' : 'replay'} ${runs.length} runs ${from}`;
  await confirmMany(terminal, runs.length, what, options);
  const rows: Row[] = [];
  for (const [index, run] of runs.entries()) {
    if (index > 0) await sleep(1_000 / options.rate);
    const row = await replayOne(connection, rights, run, options);
    rows.push(row);
    if (!options.json) terminal.out.write(`${startedLine(row, run)}\n`);
    if (options.dryRun && row.replay !== undefined) await showDryRun(connection, row, terminal, options);
  }
  if (options.wait && !options.dryRun) await waitForAll(connection, rows, terminal, options);
  if (options.json) terminal.out.write(`${JSON.stringify(rows, undefined, 2)}\n`);
  if (rows.some(({ problem }) => problem !== undefined)) process.exitCode = 1;
}

function rightsOf({ redis }: Connection, config: CliConfig): ModelRights {
  const { POLICY_FILE, DRAGOMAN_API_KEYS_FILE: file, MODEL_NAME: defaultModel } = config;
  return {
    redis,
    policy: readPolicy(POLICY_FILE),
    file: file === undefined ? undefined : readKeysFile(file),
    defaultModel,
  };
}

async function replayOne({ runs }: Connection, rights: ModelRights, run: RunRecord, options: Options): Promise<Row> {
  if (run.archived) return { run: run.id, state: 'refused', problem: archivedOnly };
  const { from, model, call, dryRun } = options;
  const { caller, model: asked = rights.defaultModel } = run.request;
  if (model === undefined && !(await mayAskStill(rights, { caller, model: asked }))) {
    const problem = `${caller.name} may not ask its model, ${printable(asked)}, any more. --model names another one.`;
    return { run: run.id, state: 'refused', problem };
  }
  const chosen: ReplayOptions = {
    from: from === 'failed-step' && run.outcome === 'answered' && dryRun ? 'start' : from,
    by: terminalCaller().name,
    ...(model === undefined ? {} : { model }),
    ...(call === undefined ? {} : { again: call }),
    ...(dryRun === undefined ? {} : { dryRun }),
  };
  try {
    const replayed = await replayRun(runs, run.id, chosen);
    return { run: run.id, state: replayed.state, ...('runId' in replayed ? { replay: replayed.runId } : {}) };
  } catch (error) {
    if (!(error instanceof DragomanError)) throw error;
    return { run: run.id, state: 'refused', problem: error.message };
  }
}

const archivedOnly =
  'It is in the archive by now: jobs show tells every step of it, but it cannot be replayed. Ask its question anew.';

function startedLine({ run, state, replay, problem }: Row, record: RunRecord): string {
  if (problem !== undefined) return `${paint.red('✗')} ${run}  ${problem}`;
  if (replay === undefined) return `${paint.yellow('!')} ${run}  ${state.replaceAll('-', ' ')}`;
  const mark = state === 'accepted' ? paint.cyan('→') : paint.yellow('!');
  const known = state === 'accepted' ? '' : ` (${state.replaceAll('-', ' ')})`;
  return `${mark} ${run} → ${replay}${known}  ${paint.dim(oneLine(record.request.text, 60))}`;
}

/** Shows what the dry run does and answers, until it ends. */
async function showDryRun(connection: Connection, row: Row, terminal: Terminal, options: Options): Promise<void> {
  const show = createProgress(terminal.err);
  const ended = await watchRun(connection, row.replay ?? '', { show, decide: () => Promise.resolve(undefined) });
  row.outcome = ended.outcome;
  if (ended.reason !== undefined) row.reason = ended.reason;
  if (!options.json) terminal.out.write(`${ended.outcome}: ${printable(ended.text)}\n`);
}

const pollMs = 250;

async function waitForAll({ runs }: Connection, rows: Row[], terminal: Terminal, options: Options): Promise<void> {
  const open = new Set(rows.filter(({ replay }) => replay !== undefined));
  while (open.size > 0) {
    for (const row of open) {
      const record = await runs.read(row.replay ?? '');
      if (record && record.status !== 'ended') continue;
      open.delete(row);
      row.outcome = record?.outcome ?? 'unknown';
      if (record?.reason) row.reason = record.reason;
    }
    if (open.size > 0) await sleep(pollMs);
  }
  if (!options.json) terminal.out.write(`${summary(rows)}\n`);
}

function summary(rows: Row[]): string {
  const counts = new Map<string, number>();
  for (const { outcome = 'not replayed', reason } of rows) {
    const kind = outcome === 'failed' && reason ? `failed (${reason})` : outcome;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}

function places(text: string, before: CallPlace[] = []): CallPlace[] {
  const match = /^(\d+)\.(\d+)$/.exec(text);
  if (!match) throw new InvalidArgumentError('step and call as jobs show numbers them, such as 1.0');
  return [...before, { step: Number(match[1]), call: Number(match[2]) }];
}

function rate(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1_000)) throw new InvalidArgumentError('more than 0, at most 1000');
  return value;
}

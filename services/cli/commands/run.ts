import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { paint } from '#shared/ground/paint.ts';
import { runModes, type RunMode } from '#shared/run/request.ts';
import { ask, terminalCaller, type Ended } from '../ask.ts';
import { askBack } from '../answer.ts';
import { askHuman } from '../approve.ts';
import { readCliConfig } from '../config.ts';
import { createLineReader } from '../line-reader.ts';
import { createProgress } from '../show/progress.ts';
import { connectStack } from '../stack.ts';
import type { Terminal } from '../terminal.ts';
import { duration, parseDuration, printable } from '../text.ts';
import { watchCtrlC } from '../ctrl-c.ts';
import { exitCodeOf, exitCodesHelp, refusalNotice } from '../exit-codes.ts';
import { readQuestion } from '../input/question.ts';

interface Options {
  mode: RunMode;
  model?: string;
  json?: true;
  maxIterations?: number;
  deadline?: number;
  session?: string;
  stdin: boolean;
}

const help = `
Examples:
  dragoman run "Which tables are in the database?"
  cat error.log | dragoman run "What went wrong here?"   stdin is attached to the question
  dragoman run - < question.txt                          stdin is the question
  slow-report | dragoman run - "Sum it up"               - waits for stdin however long it takes

Without -, a pipe on stdin must begin within 3 s, because scripts often leave one open that nobody writes to.
In a loop that reads its own stdin (while read …), add --no-stdin or </dev/null.
${exitCodesHelp}`;

/** `dragoman run "<goal>"`: progress on stderr, the answer on stdout; exit codes are those of exit-codes.ts. */
export function addRunCommand(program: Command, terminal: Terminal): void {
  program
    .command('run')
    .description('answer one question or reach one goal: progress on stderr, the answer on stdout')
    .argument('[goal...]', 'what you want; - for what comes on stdin')
    .addOption(new Option('--mode <mode>', 'how freely it works').choices(runModes).default('autonomous'))
    .option('--model <name>', 'model to use')
    .option('--max-iterations <n>', 'model turns that it may take', wholeNumber)
    .option('--deadline <time>', 'when it must be done: 90s, 5m …', milliseconds)
    .option('--session <name>', 'continue the conversation of this name')
    .option('--json', 'the answer with run id, tools and usage as JSON')
    .option('--no-stdin', 'leave stdin alone')
    .addHelpText('after', help)
    .action(async (goal: string[], options: Options) => {
      process.exitCode = await run(await readQuestion(terminal, goal, options), options, terminal);
    });
}

async function run(goal: string, options: Options, terminal: Terminal): Promise<number> {
  await using connection = await connectStack(readCliConfig());
  using interrupt = watchCtrlC();
  using reader = createLineReader(terminal);
  const ended = await ask(
    connection,
    goal,
    {
      mode: options.mode,
      ...(options.model === undefined ? {} : { model: options.model }),
      ...(options.maxIterations === undefined ? {} : { maxIterations: options.maxIterations }),
      ...(options.deadline === undefined ? {} : { deadlineMs: options.deadline }),
      ...(options.session === undefined ? {} : { conversation: `terminal:session:${options.session}` }),
    },
    {
      show: createProgress(terminal.err),
      decide: (approval, signal) => askHuman(terminal, reader, approval, signal),
      answer: (asked, signal) => askBack(terminal, reader, asked, terminalCaller().name, signal),
    },
    { stop: interrupt.stop, leave: interrupt.leave },
  );
  terminal.err.write(`${paint.dim(summary(ended))}\n`);
  if (options.json) terminal.out.write(`${JSON.stringify(ended, undefined, 2)}\n`);
  else if (ended.outcome === 'answered') terminal.out.write(`${printable(ended.text)}\n`);
  else terminal.err.write(`${paint.red(printable(ended.text))}\n`);
  const notice = refusalNotice(ended);
  if (notice !== undefined) terminal.err.write(`${paint.yellow('!')} ${notice}\n`);
  return exitCodeOf(ended);
}

/** A run's outcome, duration, models, cost and tools, on one line. */
export function summary(ended: Ended): string {
  const { usage } = ended;
  return [
    ended.outcome,
    duration(ended.durationMs),
    ended.models.join(', '),
    `${usage.inputTokens} + ${usage.outputTokens} tokens`,
    usage.costUsd > 0 ? `$${usage.costUsd.toFixed(4)}` : '',
    ended.tools.length > 0 ? ended.tools.join(', ') : 'no tools',
    ended.runId,
  ]
    .filter(Boolean)
    .join(' · ');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 100) throw new InvalidArgumentError('from 1 to 100');
  return value;
}

function milliseconds(text: string): number {
  const value = parseDuration(text);
  if (value === undefined || value < 1_000) throw new InvalidArgumentError('at least 1s, such as 90s or 5m');
  return value;
}

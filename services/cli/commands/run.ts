import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { paint } from '#shared/ground/paint.ts';
import { runModes, type RunMode } from '#shared/run/request.ts';
import { ask, terminalCaller } from '../ask.ts';
import { askBack } from '../answer.ts';
import { askHuman } from '../approve.ts';
import { readCliConfig } from '../config.ts';
import { createLineReader } from '../line-reader.ts';
import { createProgress } from '../show/progress.ts';
import { renderAnswer } from '../show/answer.ts';
import { summary } from '../show/summary.ts';
import { connectStack } from '../stack.ts';
import type { Terminal } from '../terminal.ts';
import { parseDuration, printable } from '../text.ts';
import { watchCtrlC } from '../ctrl-c.ts';
import { exitCodeOf, refusalNotice } from '../exit-codes.ts';
import { exitCodesHelp } from '../exit-codes-help.ts';
import { readAttachment } from '../input/attachment.ts';
import { readQuestion } from '../input/question.ts';

interface Options {
  mode: RunMode;
  model?: string;
  json?: true;
  maxIterations?: number;
  deadline?: number;
  session?: string;
  attach?: string[];
  verbose?: true;
  stdin: boolean;
}

const help = `
Without -, a pipe on stdin must begin within 3 s, because scripts often leave one open that nobody writes to.
In a loop that reads its own stdin (while read …), add --no-stdin or </dev/null.
${exitCodesHelp}`;

/** `dragoman run "<goal>"`: progress on stderr, the answer on stdout; exit codes are those of exit-codes.ts. */
export function addRunCommand(program: Command, terminal: Terminal): void {
  program
    .command('run')
    .argument('[goal...]', 'what you want; - for what comes on stdin')
    .addOption(new Option('--mode <mode>', 'how freely it works').choices(runModes).default('autonomous'))
    .option('--model <name>', 'model to use')
    .option('--max-iterations <n>', 'model turns that it may take', wholeNumber)
    .option('--deadline <time>', 'when it must be done: 90s, 5m …', milliseconds)
    .option('--session <name>', 'continue the conversation of this name')
    .option('--attach <file...>', 'text files that go with the question')
    .option('--verbose', 'the last line also tells models, tokens, cost and the id of the run')
    .option('--json', 'the answer with run id, tools and usage as JSON')
    .option('--no-stdin', 'leave stdin alone')
    .addHelpText('after', help)
    .action(async (goal: string[], options: Options) => {
      const attachments = (options.attach ?? []).map(readAttachment);
      const question = await readQuestion(terminal, goal, { ...options, attachments });
      process.exitCode = await run(question, options, terminal);
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
  terminal.err.write(`${paint.dim(summary(ended, options.verbose))}\n`);
  if (options.json) terminal.out.write(`${JSON.stringify(ended, undefined, 2)}\n`);
  else if (ended.outcome === 'answered') terminal.out.write(renderAnswer(ended.text, terminal.out));
  else terminal.err.write(`${paint.red(printable(ended.text))}\n`);
  const notice = refusalNotice(ended);
  if (notice !== undefined) terminal.err.write(`${paint.yellow('!')} ${notice}\n`);
  return exitCodeOf(ended);
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

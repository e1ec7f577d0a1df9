import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import { paint } from '#shared/ground/paint.ts';
import { questionMax, runModes, type RunMode } from '#shared/run/request.ts';
import { askBack } from '../answer.ts';
import { askHuman } from '../approve.ts';
import { ask, terminalCaller, type AskOptions, type Ended } from '../ask.ts';
import { readCliConfig } from '../config.ts';
import { watchCtrlC } from '../ctrl-c.ts';
import { exitCodeOf, exitCodes, exitCodesHelp } from '../exit-codes.ts';
import { openChatInput, type ChatInput } from '../input/chat-input.ts';
import { connectStack, type Connection } from '../stack.ts';
import type { Terminal } from '../terminal.ts';
import { printable } from '../text.ts';
import { summary } from './run.ts';

interface Options {
  mode: RunMode;
  model?: string;
  session?: string;
}

const help = `Write a message and press Enter; a paste is one message.
\\ at the end of a line, or Alt+Enter, begins a new line.
What you enter while an answer is made is asked next; Ctrl-C stops that answer.
/new begins a new conversation; exit or Ctrl-D leaves.`;

const moreHelp = `
Where stdin is not a terminal, each of its lines is a message, answered in order;
a line that ends in \\ goes on in the next one.
  printf 'Which tables are there?\\nHow large is the first?\\n' | dragoman chat
${exitCodesHelp}`;

/** `dragoman chat`: a conversation at the terminal. */
export function addChatCommand(program: Command, terminal: Terminal): void {
  program
    .command('chat')
    .description('talk: answers appear as they are written, tool calls as they start and end')
    .addOption(new Option('--mode <mode>', 'how freely it works').choices(runModes).default('autonomous'))
    .option('--model <name>', 'model to use')
    .option('--session <name>', 'continue the conversation of this name')
    .addHelpText('after', moreHelp)
    .action((options: Options) => chat(options, terminal));
}

async function chat(options: Options, terminal: Terminal): Promise<void> {
  await using connection = await connectStack(readCliConfig());
  if (terminal.input.isTTY) terminal.err.write(`${paint.dim(help)}\n`);
  using input = openChatInput(terminal);
  const say = (text: string) => input.terminal.err.write(`${text}\n`);
  let conversation = conversationName(options.session);
  for (;;) {
    const message = (await input.next())?.trim();
    if (message === undefined || leaving.has(message)) return;
    if (message === '') continue;
    if (message === '/new') {
      conversation = conversationName();
      say(paint.dim('A new conversation.'));
    } else if (/^\/\w+$/.test(message)) {
      say(paint.dim(help));
    } else if (message.length > questionMax) {
      say(paint.red(`Not sent: it has ${message.length} characters; at most ${questionMax} fit.`));
      input.giveBack(message);
      note(input, exitCodes.usage);
    } else {
      const ended = await turn(connection, input, message, { ...askOptions(options), conversation });
      if (ended === undefined) return;
      note(input, exitCodeOf(ended));
    }
  }
}

const leaving = new Set(['exit', 'quit', '/exit', '/quit']);

/** A script's exit code tells of the first message that failed; a person has seen it. */
function note(input: ChatInput, code: number): void {
  if (!input.person) process.exitCode ||= code;
}

function conversationName(session?: string): string {
  return session === undefined ? `terminal:${terminalCaller().id}:${randomUUID()}` : `terminal:session:${session}`;
}

function askOptions({ mode, model }: Options): AskOptions {
  return { mode, ...(model === undefined ? {} : { model }) };
}

/** Asks one question and shows its answer. Undefined when the person wants to leave. */
async function turn(
  connection: Connection,
  input: ChatInput,
  text: string,
  options: AskOptions,
): Promise<Ended | undefined> {
  using interrupt = watchCtrlC();
  const { terminal, reader } = input;
  using view = input.view();
  try {
    const ended = await ask(
      connection,
      text,
      options,
      {
        show: (event) => view.event(event),
        async decide(approval, signal) {
          view.pause();
          const verdict = await askHuman(terminal, reader, approval, signal);
          view.resume();
          return verdict;
        },
        async answer(asked, signal) {
          view.pause();
          const reply = await askBack(terminal, reader, asked, terminalCaller().name, signal);
          view.resume();
          return reply;
        },
      },
      { stop: interrupt.stop, leave: interrupt.leave },
    );
    view[Symbol.dispose]();
    if (ended.outcome !== 'answered') terminal.out.write(`${paint.red(printable(ended.text))}\n`);
    terminal.err.write(`${paint.dim(summary(ended))}\n\n`);
    return ended;
  } catch (error) {
    if (!interrupt.leave.aborted) throw error;
    return undefined;
  }
}

import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import { paint } from '#shared/ground/paint.ts';
import { questionMax, runModes, type RunMode } from '#shared/run/request.ts';
import { askBack } from '../answer.ts';
import { askHuman } from '../approve.ts';
import { ask, terminalCaller, type AskOptions, type Ended } from '../ask.ts';
import { readCliConfig } from '../config.ts';
import { watchCtrlC } from '../ctrl-c.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import { exitCodesHelp } from '../exit-codes-help.ts';
import { runChatCommand, type ChatState } from '../chat/commands.ts';
import { welcome } from '../chat/welcome.ts';
import { readAttachment, withAttachments } from '../input/attachment.ts';
import { openChatInput, type ChatInput } from '../input/chat-input.ts';
import { connectStack, type Connection } from '../stack.ts';
import type { Terminal } from '../terminal.ts';
import { summary } from '../show/summary.ts';
import { printable } from '../text.ts';

interface Options {
  mode: RunMode;
  model?: string;
  session?: string;
  attach?: string[];
  verbose?: true;
}

const moreHelp = `
Where stdin is not a terminal, each of its lines is a message, answered in order;
a line that ends in \\ goes on in the next one.
  printf 'Which tables are there?\\nHow large is the first?\\n' | dragoman chat
${exitCodesHelp}`;

/** `dragoman chat`: a conversation at the terminal. */
export function addChatCommand(program: Command, terminal: Terminal): void {
  program
    .command('chat')
    .addOption(new Option('--mode <mode>', 'how freely it works').choices(runModes).default('autonomous'))
    .option('--model <name>', 'model to use')
    .option('--session <name>', 'continue the conversation of this name')
    .option('--attach <file...>', 'text files that go with the first message')
    .option('--verbose', 'each answer ends with its tokens, its cost and the id of its run')
    .addHelpText('after', moreHelp)
    .action((options: Options) => chat(options, terminal));
}

async function chat(options: Options, terminal: Terminal): Promise<void> {
  const attachments = (options.attach ?? []).map(readAttachment);
  const config = readCliConfig();
  await using connection = await connectStack(config);
  if (terminal.input.isTTY) terminal.err.write(welcome(config, options.model));
  using input = openChatInput(terminal);
  const newConversation = () => conversationName();
  const state = { model: options.model, conversation: conversationName(options.session), attachments };
  const context = { state, terminal: input.terminal, config, newConversation };
  for (;;) {
    const message = (await input.next())?.trim();
    if (message === undefined || leaving.has(message)) return;
    if (message === '' || (await runChatCommand(message, context))) continue;
    const question = withAttachments(message, state.attachments);
    if (question.length > questionMax) {
      input.terminal.err.write(`${paint.red(tooLong(question.length))}\n`);
      input.giveBack(message);
      note(input, exitCodes.usage);
      continue;
    }
    state.attachments = [];
    const ended = await turn(connection, input, question, askOptions(options, state), options.verbose);
    if (ended === undefined) return;
    note(input, exitCodeOf(ended));
  }
}

function tooLong(length: number): string {
  return `Not sent: it has ${length} characters; at most ${questionMax} fit.`;
}

const leaving = new Set(['exit', 'quit', '/exit', '/quit']);

/** A script's exit code tells of the first message that failed; a person has seen it. */
function note(input: ChatInput, code: number): void {
  if (!input.person) process.exitCode ||= code;
}

function conversationName(session?: string): string {
  return session === undefined ? `terminal:${terminalCaller().id}:${randomUUID()}` : `terminal:session:${session}`;
}

function askOptions({ mode }: Options, { model, conversation }: ChatState): AskOptions {
  return { mode, conversation, ...(model === undefined ? {} : { model }) };
}

/** Asks one question and shows its answer. Undefined when the person wants to leave. */
async function turn(
  connection: Connection,
  input: ChatInput,
  text: string,
  options: AskOptions,
  verbose?: true,
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
    terminal.err.write(`${paint.dim(summary(ended, verbose))}\n\n`);
    return ended;
  } catch (error) {
    if (!interrupt.leave.aborted) throw error;
    return undefined;
  }
}

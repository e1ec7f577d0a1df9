import { randomUUID } from 'node:crypto';
import { Option, type Command } from 'commander';
import pc from 'picocolors';
import { runModes, type RunMode } from '#shared/run.ts';
import { askHuman } from '../approve.ts';
import { ask, terminalCaller, type AskOptions } from '../ask.ts';
import { readCliConfig } from '../config.ts';
import { watchCtrlC } from '../ctrl-c.ts';
import { createLineReader, type LineReader } from '../line-reader.ts';
import { createConversationView } from '../show/conversation.ts';
import { connectStack, type Connection } from '../stack.ts';
import type { Terminal } from '../terminal.ts';
import { printable } from '../text.ts';
import { summary } from './run.ts';

interface Options {
  mode: RunMode;
  model?: string;
  session?: string;
}

const help = `Write a message and press Enter. /new begins a new conversation, /exit (or Ctrl-D) leaves.
While an answer is made, Ctrl-C stops it; pressed again, it leaves.`;

/** `dragoman chat`: a conversation at the terminal. */
export function addChatCommand(program: Command, terminal: Terminal): void {
  program
    .command('chat')
    .description('talk: answers appear as they are written, tool calls as they start and end')
    .addOption(new Option('--mode <mode>', 'how freely it works').choices(runModes).default('autonomous'))
    .option('--model <name>', 'model to use')
    .option('--session <name>', 'continue the conversation of this name')
    .action((options: Options) => chat(options, terminal));
}

async function chat(options: Options, terminal: Terminal): Promise<void> {
  await using connection = await connectStack(readCliConfig().REDIS_URL);
  using reader = createLineReader(terminal);
  terminal.err.write(`${pc.dim(help)}\n`);
  let conversation = conversationName(options.session);
  for (;;) {
    const line = await reader.read(pc.bold('you › '));
    if (line === undefined || ['/exit', '/quit'].includes(line.trim())) return;
    const text = line.trim();
    if (text === '') continue;
    if (text === '/new') conversation = conversationName();
    else if (text.startsWith('/')) terminal.err.write(`${pc.dim(help)}\n`);
    else if (!(await turn({ connection, terminal, reader }, text, { ...askOptions(options), conversation }))) return;
  }
}

function conversationName(session?: string): string {
  return session === undefined ? `terminal:${terminalCaller().id}:${randomUUID()}` : `terminal:session:${session}`;
}

function askOptions({ mode, model }: Options): AskOptions {
  return { mode, ...(model === undefined ? {} : { model }) };
}

interface Parts {
  connection: Connection;
  terminal: Terminal;
  reader: LineReader;
}

/** One question and its answer. False: the person wants to leave. */
async function turn({ connection, terminal, reader }: Parts, text: string, options: AskOptions): Promise<boolean> {
  using interrupt = watchCtrlC();
  const view = createConversationView(terminal.out);
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
      },
      { stop: interrupt.stop, leave: interrupt.leave },
    );
    view[Symbol.dispose]();
    if (ended.outcome !== 'answered') terminal.out.write(`${pc.red(printable(ended.text))}\n`);
    terminal.err.write(`${pc.dim(summary(ended))}\n\n`);
    return true;
  } catch (error) {
    if (!interrupt.leave.aborted) throw error;
    return false;
  } finally {
    view[Symbol.dispose]();
  }
}

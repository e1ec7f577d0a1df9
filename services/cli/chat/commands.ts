import { paint } from '#shared/ground/paint.ts';
import { DragomanError, errorText } from '#shared/ground/errors.ts';
import { readAttachment, type Attachment } from '../input/attachment.ts';
import { listModels } from '../setup/try-model.ts';
import type { CliConfig } from '../config.ts';
import type { Terminal } from '../terminal.ts';
import { printable } from '../text.ts';
import { modelText } from './welcome.ts';

/** What a chat remembers between messages. */
export interface ChatState {
  /** The model that was chosen here; undefined for the stack's own. */
  model: string | undefined;
  conversation: string;
  /** Files that go with the next message. */
  attachments: Attachment[];
}

export interface ChatContext {
  state: ChatState;
  terminal: Terminal;
  config: CliConfig;
  newConversation: () => string;
}

export const chatHelp = `Write a message and press Enter; a paste is one message.
\\ at the end of a line, or Alt+Enter, begins a new line.
What you enter while an answer is made is asked next; Ctrl-C stops that answer.
/new           begins a new conversation
/model [name]  tells which models there are, or takes one for what comes
/tools         tells what you may use from here
/attach <file> sends a text file with your next message
exit, Ctrl-D   leaves`;

type ChatCommand = (argument: string, context: ChatContext) => void | Promise<void>;

const commands: Record<string, ChatCommand> = {
  new(_, { state, terminal, newConversation }) {
    state.conversation = newConversation();
    terminal.err.write(`${paint.dim('A new conversation.')}\n`);
  },
  async model(name, { state, terminal, config }) {
    const known = await listModels(config.LITELLM_API_BASE, config.LITELLM_API_KEY);
    if (name !== '' && known.length > 0 && !known.includes(name)) {
      terminal.err.write(`${paint.red(`There is no model ${printable(name)}.`)}\n`);
    } else if (name !== '') state.model = name;
    terminal.err.write(`Now: ${modelText(config, state.model)}.\n`);
    if (known.length > 0) terminal.err.write(`${paint.dim(`There are: ${known.map(printable).join(', ')}`)}\n`);
  },
  async tools(_, { terminal, config }) {
    const { listTools } = await import('../tools/list.ts');
    await listTools(terminal, config, {});
  },
  attach(file, { state, terminal }) {
    if (file === '') return terminal.err.write('Say which: /attach error.log\n');
    const attachment = readAttachment(unquoted(file));
    state.attachments.push(attachment);
    terminal.err.write(`${paint.dim(`${attachment.name} goes with your next message.`)}\n`);
  },
  help(_, { terminal }) {
    terminal.err.write(`${paint.dim(chatHelp)}\n`);
  },
};

/** The names of all commands of a chat. */
export const chatCommands = Object.keys(commands);

/**
 * Does what a message asks for that begins with a slash and a word that is a command here. False when it is a question:
 * a path, say. A word alone that is no command gets the help.
 */
export async function runChatCommand(message: string, context: ChatContext): Promise<boolean> {
  const [, name = '', argument = ''] = /^\/(\w+)(?: +([^\n]*))?$/.exec(message) ?? [];
  if (name === '') return false;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command && argument !== '') return false;
  try {
    await (command ?? commands['help'])?.(argument.trim(), context);
  } catch (error) {
    const text = error instanceof DragomanError ? error.message : errorText(error);
    context.terminal.err.write(`${paint.red(printable(text))}\n`);
  }
  return true;
}

/** People drag a file into the terminal, which then writes its path in quotes or with backslashes. */
function unquoted(file: string): string {
  const [, , inside] = /^(['"])(.*)\1$/.exec(file) ?? [];
  return inside ?? file.replace(/\\(.)/g, '$1');
}

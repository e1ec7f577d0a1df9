import path from 'node:path';
import { paint } from '#shared/ground/paint.ts';
import { createLineReader, type LineReader } from '../line-reader.ts';
import { createConversationView, type ConversationView } from '../show/conversation.ts';
import { createLiveRegion } from '../show/live-region.ts';
import { stateFolder } from '../stack-file.ts';
import { canDraw, type Output, type Terminal } from '../terminal.ts';
import { openHistory } from './history.ts';
import { listenToPerson } from './person.ts';

/** Where the messages of a chat come from, and where everything about it is written. */
export interface ChatInput extends Disposable {
  /** True when a person types the messages, false for a script. */
  person: boolean;
  /** Writes beside what is being typed. */
  terminal: Terminal;
  /** The next message; undefined at the end. */
  next(): Promise<string | undefined>;
  /** Asks for one line now. */
  reader: LineReader;
  /** A view of one answer. */
  view(): ConversationView;
  /** Gives back a message that was not taken, so that it can be changed. */
  giveBack(text: string): void;
}

const prompt = paint.bold('you › ');

/** Opens the input of a chat: a person at a terminal writes messages at any time, a script sends one per line. */
export function openChatInput(terminal: Terminal): ChatInput {
  return canDraw(terminal) ? personAt(terminal) : linesOf(terminal);
}

function personAt(terminal: Terminal): ChatInput {
  const { out, err } = terminal;
  // Everything is drawn on one screen, unless the answers go elsewhere.
  const region = createLiveRegion(out.isTTY ? out : err);
  const above = (output: Output): Output => {
    if (!output.isTTY) return output;
    return {
      isTTY: true,
      write: (text) => region.print(text),
      get columns() {
        return output.columns;
      },
    };
  };
  const shown: Terminal = { ...terminal, out: above(out), err: above(err) };
  const history = openHistory(path.join(stateFolder(), 'chat-history'));
  const person = listenToPerson({ terminal, region, prompt, history });
  return {
    person: true,
    terminal: shown,
    next: () => person.next(),
    reader: { read: (asked, signal, options) => person.ask(asked, signal, options), [Symbol.dispose]: () => undefined },
    view: () => createConversationView(out, out.isTTY ? region : undefined),
    giveBack: (text) => person.giveBack(text),
    [Symbol.dispose]: () => person[Symbol.dispose](),
  };
}

/** Reads one message per line; a line that ends in a backslash continues in the next one. */
function linesOf(terminal: Terminal): ChatInput {
  const reader = createLineReader(terminal);
  return {
    person: false,
    terminal,
    async next() {
      const lines: string[] = [];
      for (;;) {
        const line = await reader.read(prompt);
        if (line === undefined) return lines.length > 0 ? lines.join('\n') : undefined;
        if (!line.endsWith('\\')) return [...lines, line].join('\n');
        lines.push(line.slice(0, -1));
      }
    },
    reader,
    view: () => createConversationView(terminal.out),
    giveBack: () => undefined,
    [Symbol.dispose]: () => reader[Symbol.dispose](),
  };
}

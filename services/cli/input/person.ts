import { paint } from '#shared/ground/paint.ts';
import { displayWidth } from '#shared/tables/width.ts';
import type { LiveRegion } from '../show/live-region.ts';
import type { Terminal } from '../terminal.ts';
import { oneLine, printable } from '../text.ts';
import { createEditor, type Editor } from './editor.ts';
import type { InputHistory } from './history.ts';
import { layOut } from './layout.ts';
import { listenToStrokes, markPastes, stopMarking } from './strokes.ts';

/** Somebody at a terminal, who may write at any time. */
export interface PersonInput extends Disposable {
  /** The next message, written ahead or entered next. Undefined when the person wants to leave. */
  next(): Promise<string | undefined>;
  /** Asks for one line now; the text being written waits. Undefined without an answer, or when `signal` aborts. */
  ask(prompt: string, signal?: AbortSignal, options?: { hidden?: boolean }): Promise<string | undefined>;
  /** Gives a text back, so that it can be changed. */
  giveBack(text: string): void;
}

export interface PersonOptions {
  terminal: Terminal;
  /** Where the text that is being written is drawn. */
  region: LiveRegion;
  prompt?: string;
  history?: InputHistory;
}

interface Question {
  prompt: string;
  hidden: boolean;
  editor: Editor;
  finish: (answer: string | undefined) => void;
}

const mostQueuedShown = 3;

/** Takes over the terminal until it is disposed. */
export function listenToPerson({ terminal, region, prompt = '', history }: PersonOptions): PersonInput {
  const { input, err } = terminal;
  const main = createEditor(history?.entries);
  /** Messages that were entered while nobody asked for one. */
  const ahead: string[] = [];
  let question: Question | undefined;
  let wanted: ((message: string | undefined) => void) | undefined;
  let leaving = false;
  let historyTold = false;

  function enter(editor: Editor): void {
    const { text } = editor;
    // One line answers a question. Several lines are the next message, however they were entered.
    if (question && !text.includes('\n')) return answer(text);
    if (text.trim() === '') return;
    editor.set('');
    remember(text);
    if (wanted) return give(text);
    ahead.push(text);
    region.refresh();
  }

  function answer(text: string | undefined): void {
    const asked = question;
    question = undefined;
    if (text !== undefined) region.print(asked?.prompt + (asked?.hidden ? masked(text) : printable(text)));
    asked?.finish(text);
    region.refresh();
  }

  function remember(text: string): void {
    const problem = history?.add(text);
    if (problem === undefined || historyTold) return;
    historyTold = true;
    region.print(paint.dim(`What you write is not kept for the next time: ${problem}`));
  }

  function give(text: string | undefined): void {
    const give = wanted;
    wanted = undefined;
    if (text !== undefined) region.print(echo(prompt, text));
    give?.(text);
  }

  function leave(): void {
    if (question) return answer(undefined);
    leaving = true;
    if (wanted) give(undefined);
  }

  function interrupt(editor: Editor): void {
    // While work goes on, somebody else handles Ctrl-C; the terminal would send the same signal.
    if (!wanted && process.listenerCount('SIGINT') > 0) return void process.kill(process.pid, 'SIGINT');
    if (editor.text === '') return leave();
    // As in a shell, Ctrl-C drops what is half written.
    editor.set('');
    region.refresh();
  }

  const strokes = listenToStrokes(input, {
    paste(text, entered) {
      const editor = question?.editor ?? main;
      editor.insert(text);
      region.refresh();
      if (entered) enter(editor);
    },
    key(key, typed) {
      const editor = question?.editor ?? main;
      const wish = editor.press(key, typed);
      if (wish === undefined) region.refresh();
      else if (wish === 'submit') enter(editor);
      else if (wish === 'interrupt') interrupt(editor);
      else if (wish === 'end') leave();
      else if (wish === 'suspend') suspend();
      else clearScreen();
    },
  });

  function clearScreen(): void {
    err.write('\u001B[2J\u001B[H');
    region.refresh();
  }

  function suspend(): void {
    letGo();
    process.once('SIGCONT', takeHold);
    process.kill(process.pid, 'SIGTSTP');
  }

  function takeHold(): void {
    input.setRawMode?.(true);
    err.write(markPastes);
    region.setFooter(footer);
    input.resume();
  }

  function letGo(): void {
    region.setFooter(undefined);
    err.write(stopMarking);
    input.setRawMode?.(false);
    input.pause();
  }

  function footer() {
    const columns = Math.max(err.columns, 20);
    const { rows, cursor } = question
      ? layOutQuestion(question, columns)
      : layOut(prompt, main.text, main.cursor, columns);
    const above = queued(ahead, columns);
    return { rows: [...above, ...rows], cursor: { ...cursor, row: cursor.row + above.length } };
  }

  /** The person is gone, or this process is told to end. */
  const gone = () => {
    ahead.length = 0;
    if (question) answer(undefined);
    leave();
  };
  const signals = ['SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, gone);
  input.once('end', gone);
  process.on('exit', letGo);
  takeHold();
  return {
    next() {
      const waiting = ahead.shift();
      if (waiting !== undefined) region.print(echo(prompt, waiting));
      if (waiting !== undefined || leaving) return Promise.resolve(waiting);
      return new Promise((resolve) => (wanted = resolve));
    },
    ask(asked, signal, { hidden = false } = {}) {
      if (signal?.aborted || leaving) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        const abort = () => answer(undefined);
        const finish = (text: string | undefined) => {
          signal?.removeEventListener('abort', abort);
          resolve(text);
        };
        signal?.addEventListener('abort', abort, { once: true });
        question = { prompt: asked, hidden, editor: createEditor(), finish };
        region.refresh();
      });
    },
    giveBack(text) {
      main.set(text);
      region.refresh();
    },
    [Symbol.dispose]() {
      strokes[Symbol.dispose]();
      for (const signal of signals) process.off(signal, gone);
      input.off('end', gone);
      process.off('exit', letGo);
      letGo();
    },
  };
}

function layOutQuestion({ prompt, hidden, editor: { text, cursor } }: Question, columns: number) {
  return hidden
    ? layOut(prompt, masked(text), masked(text.slice(0, cursor)).length, columns)
    : layOut(prompt, text, cursor, columns);
}

/** A secret as dots, of which there are never so many that they tell its length. */
function masked(text: string): string {
  return '•'.repeat(Math.min(text.length, 8));
}

/** A message as it stays on the screen, with its further lines below its first. */
function echo(prompt: string, text: string): string {
  return prompt + printable(text).replaceAll('\n', `\n${' '.repeat(displayWidth(prompt))}`);
}

function queued(ahead: readonly string[], columns: number): string[] {
  const lines = ahead.slice(0, mostQueuedShown).map((text) => paint.dim(`queued: ${oneLine(text, columns - 10)}`));
  const more = ahead.length - lines.length;
  return more > 0 ? [...lines, paint.dim(`and ${more} more queued`)] : lines;
}

import type { Key } from 'node:readline';

/** What a key asks the owner of the editor to do. */
export type Wish = 'submit' | 'interrupt' | 'end' | 'suspend' | 'clear-screen';

/** A text of one or more lines with a cursor, as keys change it. */
export interface Editor {
  readonly text: string;
  /** Where the next character goes, as an index into the text. */
  readonly cursor: number;
  set(text: string): void;
  insert(text: string): void;
  /** Applies a key; returns a wish that the editor cannot fulfil itself. */
  press(key: Key, typed: string | undefined): Wish | undefined;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Shift+Enter and Alt+Enter, in terminals that tell them from Enter. */
// oxlint-disable-next-line no-control-regex -- keys are control characters
const newLineSequence = /^\u001B(?:[\r\n]|\[13;[2-8]u|\[27;[2-8];13~)$/;

/** Characters that nobody can see or edit. */
// oxlint-disable-next-line no-control-regex -- control characters are what it removes
const controls = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;

/** `history` holds earlier texts, the newest first; Up and Down go through them. */
export function createEditor(history: readonly string[] = []): Editor {
  let text = '';
  let cursor = 0;
  /** Index in `history`; -1 is the text that is being written, which `draft` keeps meanwhile. */
  let past = -1;
  let draft = '';

  function set(value: string, at = value.length): void {
    text = value;
    cursor = at;
  }

  function insert(added: string): void {
    const clean = added.replaceAll(/\r\n?/g, '\n').replace(controls, '');
    set(text.slice(0, cursor) + clean + text.slice(cursor), cursor + clean.length);
  }

  function remove(from: number, to: number): void {
    set(text.slice(0, from) + text.slice(to), from);
  }

  const lineStart = () => text.lastIndexOf('\n', cursor - 1) + 1;
  const lineEnd = () => (text.indexOf('\n', cursor) === -1 ? text.length : text.indexOf('\n', cursor));
  const left = () => cursor - lastGrapheme(text.slice(Math.max(0, cursor - 64), cursor));
  const right = () => cursor + firstGrapheme(text.slice(cursor, cursor + 64));
  const wordLeft = () => text.slice(0, cursor).replace(/[^\s]*\s*$/, '').length;
  const wordRight = () => cursor + (/^\s*[^\s]*/.exec(text.slice(cursor))?.[0].length ?? 0);

  function recall(step: 1 | -1): void {
    const next = past + step;
    if (next < -1 || next >= history.length) return;
    if (past === -1) draft = text;
    past = next;
    set(past === -1 ? draft : (history[past] ?? ''));
  }

  function up(): void {
    if (lineStart() === 0) return recall(1);
    const column = cursor - lineStart();
    const end = lineStart() - 1;
    const start = text.lastIndexOf('\n', end - 1) + 1;
    cursor = Math.min(start + column, end);
  }

  function down(): void {
    if (lineEnd() === text.length) return recall(-1);
    const column = cursor - lineStart();
    const start = lineEnd() + 1;
    const end = text.indexOf('\n', start);
    cursor = Math.min(start + column, end === -1 ? text.length : end);
  }

  function enter(): Wish | undefined {
    if (text[cursor - 1] !== '\\') return 'submit';
    remove(cursor - 1, cursor);
    insert('\n');
    return undefined;
  }

  const moves: Record<string, () => void> = {
    left: () => (cursor = left()),
    right: () => (cursor = right()),
    up,
    down,
    home: () => (cursor = lineStart()),
    end: () => (cursor = lineEnd()),
    backspace: () => remove(left(), cursor),
    delete: () => remove(cursor, right()),
    'ctrl-left': () => (cursor = wordLeft()),
    'ctrl-right': () => (cursor = wordRight()),
    'meta-left': () => (cursor = wordLeft()),
    'meta-right': () => (cursor = wordRight()),
    'meta-b': () => (cursor = wordLeft()),
    'meta-f': () => (cursor = wordRight()),
    'meta-d': () => remove(cursor, wordRight()),
    'meta-backspace': () => remove(wordLeft(), cursor),
    'ctrl-w': () => remove(wordLeft(), cursor),
    'ctrl-u': () => remove(lineStart(), cursor),
    'ctrl-k': () => remove(cursor, lineEnd()),
    'ctrl-a': () => (cursor = lineStart()),
    'ctrl-e': () => (cursor = lineEnd()),
    'ctrl-b': () => (cursor = left()),
    'ctrl-f': () => (cursor = right()),
    'ctrl-h': () => remove(left(), cursor),
    'ctrl-p': () => recall(1),
    'ctrl-n': () => recall(-1),
    'ctrl-d': () => remove(cursor, right()),
    tab: () => insert('\t'),
    'new-line': () => insert('\n'),
  };

  return {
    get text() {
      return text;
    },
    get cursor() {
      return cursor;
    },
    set(value) {
      past = -1;
      set(value);
    },
    insert,
    press(key, typed) {
      const name = nameOf(key);
      if (name === 'return') return enter();
      const wish = name === 'ctrl-d' && text !== '' ? undefined : wishes[name];
      if (wish !== undefined) return wish;
      const move = moves[name];
      if (move) move();
      else if (typed !== undefined && !key.ctrl && !key.meta && !typed.startsWith('\u001B')) insert(typed);
      return undefined;
    },
  };
}

const wishes: Record<string, Wish> = {
  'ctrl-c': 'interrupt',
  'ctrl-d': 'end',
  'ctrl-l': 'clear-screen',
  'ctrl-z': 'suspend',
};

/** `ctrl-left`, `meta-b`, `up` … */
function nameOf({ ctrl, meta, name = '', sequence = '' }: Key): string {
  if (newLineSequence.test(sequence)) return 'new-line';
  // Some terminals send one name, some the other.
  if (name === 'enter' || name === 'return') return 'return';
  return `${ctrl ? 'ctrl-' : meta ? 'meta-' : ''}${name}`;
}

function lastGrapheme(text: string): number {
  return [...graphemes.segment(text)].at(-1)?.segment.length ?? 0;
}

function firstGrapheme(text: string): number {
  return [...graphemes.segment(text)][0]?.segment.length ?? 0;
}

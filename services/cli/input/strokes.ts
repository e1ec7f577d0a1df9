import { emitKeypressEvents, type Key } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

export interface StrokeListener {
  /** One key. `text` is what it types, if anything. */
  key(key: Key, text: string | undefined): void;
  /** Text that came as a whole. `entered` is true when its last line ended the way the Enter key ends one. */
  paste(text: string, entered: boolean): void;
}

/** Makes a terminal mark what is pasted; the second sequence makes it stop. */
export const markPastes = '\u001B[?2004h';
export const stopMarking = '\u001B[?2004l';

const pasteStart = '\u001B[200~';
const pasteEnd = '\u001B[201~';

/** Milliseconds of silence that end a burst of text: far less than a person takes between two keys. */
export const burstMs = 100;

/**
 * Tells keys from pasted text in what a terminal in raw mode sends. Many terminals mark a paste. With the others, lines
 * that come in one read, or at once after another, belong together, because nobody types so fast.
 */
export function listenToStrokes(input: Readable, listener: StrokeListener): Disposable {
  const decoder = new StringDecoder('utf8');
  const keys = new PassThrough();
  emitKeypressEvents(keys);
  keys.on('keypress', (text: string | undefined, key: Key) => listener.key(key, text));
  let pasting: string | undefined;
  let held = '';
  let burst = '';
  let lastTyped: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  function hear(chunk: string): void {
    let rest = held + chunk;
    held = '';
    clearTimeout(timer);
    while (rest !== '') {
      if (pasting === undefined) {
        const at = rest.indexOf(pasteStart);
        if (at === -1) return hearTyped(rest);
        endBurst();
        typed(rest.slice(0, at));
        pasting = '';
        rest = rest.slice(at + pasteStart.length);
      }
      pasting += rest;
      const end = pasting.indexOf(pasteEnd);
      if (end === -1) return;
      rest = pasting.slice(end + pasteEnd.length);
      const text = pasting.slice(0, end);
      pasting = undefined;
      listener.paste(lines(text), false);
    }
  }

  /** A read may cut the mark of a paste in two. */
  function hearTyped(text: string): void {
    const cut = beginningAtEnd(text, pasteStart);
    held = text.slice(text.length - cut);
    const whole = text.slice(0, text.length - cut);
    if (burst !== '' || isBurst(whole)) burst += whole;
    else typed(whole);
    if (held !== '' || burst !== '') timer = setTimeout(quiet, burstMs);
  }

  function quiet(): void {
    endBurst();
    typed(held);
    held = '';
  }

  function endBurst(): void {
    if (burst === '') return;
    // Enter came after a backslash that was typed before: it joins the lines, and what follows is one text.
    if (lastTyped === '\\' && /^[\r\n]/.test(burst)) {
      typed('\r');
      burst = burst.replace(/^\r?\n?/, '');
    }
    // As with single keys, a backslash before Enter makes a new line, and so does Alt, which is sent as Escape.
    const text = lines(burst).replaceAll(joined, '\n');
    const continued = joinedAtEnd.test(burst);
    burst = '';
    const entered = text.endsWith('\n') && !continued;
    listener.paste(entered ? text.slice(0, -1) : text, entered);
  }

  function typed(text: string): void {
    if (text === '') return;
    lastTyped = text.at(-1);
    keys.write(text);
  }

  const onData = (chunk: Buffer | string) => hear(typeof chunk === 'string' ? chunk : decoder.write(chunk));
  input.on('data', onData);
  return {
    [Symbol.dispose]() {
      clearTimeout(timer);
      input.off('data', onData);
      keys.destroy();
    },
  };
}

/* oxlint-disable no-control-regex -- keys are control characters */
const moreAfterEnter = /[\r\n][^\u0000-\u001F\u007F]/;
const joined = /[\\\u001B]\n/g;
const joinedAtEnd = /[\\\u001B][\r\n]+$/;
const keyThatTypesNothing = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;
/* oxlint-enable no-control-regex */

/** Whether a text holds Enter with other text: not the key alone, and not Enter after keys that move or delete. */
function isBurst(text: string): boolean {
  if (moreAfterEnter.test(text)) return true;
  return /[\r\n]/.test(text) && text.length > 1 && !keyThatTypesNothing.test(text);
}

function lines(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n');
}

/** How many characters at the end of a text may be the beginning of a mark. */
function beginningAtEnd(text: string, mark: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(mark.slice(0, length))) return length;
  }
  return 0;
}

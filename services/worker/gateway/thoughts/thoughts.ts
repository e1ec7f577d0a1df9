import { CodeState } from './code-state.ts';
import { anyMark, heldBack, markOf, type KnownMark, type ThoughtMark } from './thought-marks.ts';

/** What a piece of text turned out to be. */
export interface ThoughtReading {
  text: string;
  thought: string;
  /** True when all text that came before was a thought: only its closing mark was written. */
  allThought?: boolean;
}

/** What some servers leave of the chat template before the answer. */
const templateTokens =
  /<\|im_start\|>(?:assistant)?|<\|start_header_id\|>assistant<\|end_header_id\|>|<\|begin_of_text\|>|<bos>/g;

const templateBegins = new RegExp(`^(?:\\s*(?:${templateTokens.source}))+\\s*`);

/**
 * Takes the thoughts out that models write between marks in their text. A thought may have no opening mark (the chat
 * template wrote it), or no closing one (the model was cut off, or began to answer without it). Marks in code, and
 * marks that a sentence speaks of, are text.
 */
export class Thoughts {
  private held = '';
  private ending = false;
  /** The thought that is open, how often its mark is, and what came since that was last closed. */
  private open: { mark: ThoughtMark; depth: number; since: string | undefined } | undefined;
  /** All of the open thought. */
  private inside = '';
  /** True while nothing but thoughts and blanks has come; then `lead` has the blanks. */
  private atBeginning = true;
  private lead = '';
  /** True after a thought: the blanks that follow belong to it. */
  private gap = false;
  /** Opening marks that were text: the next closing ones belong to them. */
  private quoted = 0;
  private code = new CodeState();

  push(piece: string): ThoughtReading {
    this.held += piece;
    return this.read();
  }

  /** The end of the answer. `unclosed` has the whole thought that was never closed, if there is one. */
  end(): ThoughtReading & { unclosed?: string } {
    this.ending = true;
    const reading = this.read();
    if (!this.open) return reading;
    const { since } = this.open;
    // The mark was opened within the thought once more than it was closed, so the last closing one has ended the thought.
    if (since === undefined || since.trim() === '') return { ...reading, unclosed: this.inside };
    return { ...reading, text: reading.text + since.trimStart() };
  }

  private read(): ThoughtReading {
    const reading: ThoughtReading = { text: '', thought: '' };
    for (;;) {
      const found = anyMark.exec(this.held);
      if (!found) break;
      const before = this.held.slice(0, found.index);
      const after = this.held.slice(found.index + found[0].length);
      const known = markOf(found[0]);
      if (this.open) {
        this.think(reading, before);
        this.markInThought(reading, found[0], known);
      } else {
        this.show(reading, before);
        // What follows a closing mark decides whether it is one.
        if (!known.opens && /^[^\S\n]*$/.test(after) && !this.ending) {
          this.held = found[0] + after;
          return reading;
        }
        this.markInText(reading, found[0], known, after);
      }
      this.held = after;
    }
    const ready = this.ending ? this.held : this.held.slice(0, this.held.length - heldBack(this.held));
    this.held = this.held.slice(ready.length);
    if (this.open) this.think(reading, ready);
    else this.show(reading, ready);
    return reading;
  }

  private markInThought(reading: ThoughtReading, written: string, { mark, opens }: KnownMark): void {
    const open = this.open!;
    if (opens && mark === open.mark) open.depth += 1;
    else if (!opens && (mark === open.mark || (mark.sure && open.mark.sure))) {
      open.depth -= 1;
      open.since = '';
      if (open.depth > 0) return;
      this.open = undefined;
      this.gap = true;
      return;
    }
    this.think(reading, written);
  }

  private markInText(reading: ThoughtReading, written: string, { mark, opens }: KnownMark, after: string): void {
    if (opens && (this.atBeginning || (mark.sure && this.code.atLineStart && !this.code.inCode))) {
      this.open = { mark, depth: 1, since: undefined };
      this.inside = '';
      this.lead = '';
    } else if (!opens && this.quoted === 0 && this.closesAll(mark, after)) {
      reading.allThought = true;
      reading.thought += reading.text;
      reading.text = '';
      this.atBeginning = true;
      this.gap = true;
      this.lead = '';
      this.code = new CodeState();
    } else {
      this.quoted = Math.max(0, this.quoted + (opens ? 1 : -1));
      this.show(reading, written);
    }
  }

  /** Whether a closing mark without an opening one ends a thought that the chat template has opened. */
  private closesAll(mark: ThoughtMark, after: string): boolean {
    if (this.code.inCode) return false;
    const ownLine = /^\s*?(?:\n|$)/.test(after);
    if (this.code.atLineStart) return mark.sure || ownLine;
    // Within a line it may be spoken of, which blanks or quotes around it tell.
    return mark.sure && (ownLine || !/[\s"'(“‘«*]$/.test(this.code.current));
  }

  private think(reading: ThoughtReading, text: string): void {
    reading.thought += text;
    this.inside += text;
    if (this.open?.since !== undefined) this.open.since += text;
  }

  private show(reading: ThoughtReading, text: string): void {
    let shown = this.gap ? text.trimStart() : text;
    if (shown === '') return;
    this.gap = false;
    if (this.atBeginning) {
      this.lead += shown;
      if (this.lead.replaceAll(templateTokens, '').trim() === '') return;
      shown = this.lead.replace(templateBegins, '');
      this.lead = '';
      this.atBeginning = false;
    }
    reading.text += shown;
    this.code.take(shown);
  }
}

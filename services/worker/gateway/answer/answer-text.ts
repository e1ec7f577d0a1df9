import type { CallPiece } from '../calls/call-piece.ts';
import type { WrittenCall } from '../calls/written/written-call.ts';
import { WrittenCalls } from '../calls/written/written-calls.ts';
import { Harmony } from '../thoughts/harmony.ts';
import { Thoughts, type ThoughtReading } from '../thoughts/thoughts.ts';
import type { Reasoning } from './reasoning.ts';

/** What an answer may hold. */
export interface Expected {
  /** Names of the tools that may be called. */
  offered: readonly string[];
  /** True when the model was told to write its calls into the text. */
  asked: boolean;
  /** True when the model is known to begin with a thought that only ends with a mark: nothing is shown before it. */
  unopened?: boolean;
}

/** Index of the first call that was found in the text; those of the provider's own have smaller ones. */
const firstWritten = 1_000_000;

/**
 * What the model writes, split into the text for the person, its thoughts, and the calls that it writes as text. The
 * text is there as it comes, except for what may still become something else.
 */
export class AnswerText {
  private readonly harmony = new Harmony();
  private readonly thoughts = new Thoughts();
  private written: WrittenCalls;
  private readonly expected: Expected;
  private readonly reasoning: Reasoning;
  /** Text that has come since it was last taken. */
  private fresh = '';
  private holding: boolean;
  private ended = false;
  all = '';
  /** True when the text began with a thought of which only the closing mark was written. */
  unopened = false;

  constructor(expected: Expected, reasoning: Reasoning) {
    this.expected = expected;
    this.reasoning = reasoning;
    this.holding = expected.unopened ?? false;
    this.written = this.newWritten();
  }

  push(piece: string): void {
    this.take(this.thoughts.push(this.harmony.push(piece)));
  }

  /** Takes the text that is for the person. */
  takeFresh(): string {
    const ready = this.holding ? 0 : this.fresh.length - this.heldBack();
    const text = this.fresh.slice(0, ready);
    this.fresh = this.fresh.slice(ready);
    return text;
  }

  /** How much of the fresh text may turn out to stand around the answer. */
  private heldBack(): number {
    if (this.ended) return 0;
    if (!this.reasoning.isEmpty && mayBeTag.test(this.all)) return this.fresh.length;
    return mayBeToken.exec(this.fresh)?.[0].length ?? 0;
  }

  /** Ends the text; returns the calls that stood in it. */
  end(): CallPiece[] {
    this.holding = false;
    const channels = this.harmony.end();
    this.reasoning.addText(channels.thought);
    this.take(this.thoughts.push(channels.text));
    const last = this.thoughts.end();
    this.take(last);
    const { text, calls } = this.written.end();
    this.show(text);
    this.unwrap();
    this.ended = true;
    const all = [...channels.calls, ...calls, ...this.callsIn(last.unclosed ?? '')];
    return all.map(({ name, arguments: args }, at) => ({
      index: firstWritten + at,
      id: '',
      name,
      arguments: args,
      extra: undefined,
    }));
  }

  private take({ text, thought, allThought }: ThoughtReading): void {
    if (allThought) {
      this.reasoning.addText(this.all + this.written.end().text);
      this.all = '';
      this.fresh = '';
      this.holding = false;
      this.unopened = true;
      this.written = this.newWritten();
    }
    this.reasoning.addText(thought);
    this.show(this.written.push(text));
  }

  private show(text: string): void {
    this.all += text;
    this.fresh += text;
  }

  /** A thought without an end may be one that the model has ended by calling tools. */
  private callsIn(thought: string): WrittenCall[] {
    const written = this.newWritten();
    written.push(thought);
    const { text, calls } = written.end();
    return text.trim() === '' ? calls : [];
  }

  private newWritten(): WrittenCalls {
    return new WrittenCalls(this.expected.offered, this.expected.asked);
  }

  /** Takes off what stands around the text and is no part of it. What was shown of it already is corrected by `all`. */
  private unwrap(): void {
    const bare = this.all.replace(endTokens, '');
    const inner = this.reasoning.isEmpty ? undefined : answerTag.exec(bare)?.[2]?.trim();
    const text = inner ?? bare;
    if (text === this.all) return;
    const shown = this.all.slice(0, this.all.length - this.fresh.length);
    this.fresh = text.startsWith(shown) ? text.slice(shown.length) : '';
    this.all = text;
  }
}

/** Tokens that end an answer, which some servers leave in its text. */
const endTokens =
  /(?:\s*(?:<\|(?:im_end|eot_id|eom_id|endoftext|end_of_text|end|eos|return)\|>|<｜end▁of▁sentence｜>|<end_of_turn>|<eos>|<\/s>))+\s*$/u;
/** What some models put around the answer when they have put a tag around the thought. */
const answerTag =
  /^\s*<(answer|response|final_answer|output|\|begin_of_solution\|)>([^]*)<\/?(?:\1|\|end_of_solution\|)>\s*$/i;
const mayBeTag = /^\s*<\|?(?:[a-z_]{0,17}$|answer|response|final_answer|output|begin_of_solution)/i;
const mayBeToken = /\s*(?:<[|/｜]?[\w|｜▁]{0,24}>?\s*)+$/u;

import { badFormat, errorOfFrame, overloadedError, providerError, refused } from '../errors/errors.ts';
import { ToolCallParts } from '../calls/tool-call-parts.ts';
import { finishWord, moreSerious, readFinish, type Finish } from './finish.ts';
import type { WireAnswer } from '../gateway.ts';
import { readEvent, type Frame } from './read-event.ts';
import { choicesOf, partsOf, type FramePart } from './read-frame.ts';
import { Reasoning } from './reasoning.ts';
import { AnswerText, type Expected } from './answer-text.ts';
import { newerUsage, readUsage, type ToldUsage } from './usage.ts';

/** Characters of one answer; a model that writes more runs wild. */
const maxChars = 32_000_000;
/** Characters from which on a last piece that is the same as all pieces before it, or as the only one, repeats them. */
const repetition = { ofPieces: 4, ofOne: 16 };

/** Puts the frames of a streamed answer together; feed them to `push`. `complete` once nothing essential can follow. */
export class AnswerParts {
  private chars = 0;
  private told: ToldUsage = {};
  private end: Finish | undefined;
  private word: string | undefined;
  private done = false;
  /** The content as it came, thoughts included. */
  private raw = '';
  private pieces = 0;
  private readonly reasoning = new Reasoning();
  private readonly calls: ToolCallParts;
  private readonly text: AnswerText;
  /** True once anything of the answer has come, reasoning included. */
  begun = false;

  constructor(expected: Expected = { offered: [], asked: false }) {
    this.calls = new ToolCallParts(expected.offered);
    this.text = new AnswerText(expected, this.reasoning);
  }

  /**
   * Takes the data of one event, which may carry nothing. Throws a DragomanError for an error of the provider and for
   * data that cannot be read.
   */
  push(data: string, name?: string): void {
    this.chars += data.length;
    if (this.chars > maxChars) throw badFormat('endless', 'the answer has no end');
    const reading = readEvent(data, name);
    switch (reading.kind) {
      case 'nothing':
        return;
      case 'done':
        this.done = true;
        return;
      case 'error':
        throw errorOfFrame(reading.frame);
      case 'unreadable':
        throw badFormat('unreadable', data);
      case 'frames':
        for (const frame of reading.frames) this.pushFrame(frame);
        this.done ||= reading.last === true;
    }
  }

  /** Ends an answer that has no last event of its own, because it came as a whole. */
  pushEnd(): void {
    this.done = true;
  }

  private pushFrame(frame: Frame): void {
    const choices = choicesOf(frame);
    this.told = newerUsage(this.told, readUsage(frame, choices[0]));
    for (const choice of choices) {
      const reason = choice['finish_reason'] ?? choice['finishReason'] ?? frame['done_reason'];
      const finish = readFinish(reason);
      for (const part of partsOf(choice)) this.pushPart(part, finish !== undefined);
      this.word = finishWord(reason) ?? this.word;
      this.end = moreSerious(this.end, moreSerious(finish, nativeFinish(choice)));
    }
  }

  private pushPart(part: FramePart, last: boolean): void {
    this.reasoning.add(part);
    const piece = this.newText(part, last);
    if (piece !== '') {
      this.raw += piece;
      this.pieces += 1;
      this.text.push(piece);
    }
    for (const call of part.calls) this.calls.add(call);
    this.begun ||= piece !== '' || part.thought !== '' || part.calls.length > 0;
  }

  /** What of a piece is new: some providers end with the whole text once more. */
  private newText({ text, refusal, whole }: FramePart, last: boolean): string {
    const piece = text || refusal;
    if (this.raw === '' || piece === '') return piece;
    if (whole) return piece.startsWith(this.raw) ? piece.slice(this.raw.length) : '';
    const least = this.pieces > 1 ? repetition.ofPieces : repetition.ofOne;
    const repeats = last && piece === this.raw && piece.length >= least;
    return repeats ? '' : piece;
  }

  takeText(): string {
    return this.text.takeFresh();
  }

  /** True when the whole answer has arrived: the provider said why it ended, or at least that it did. */
  get complete(): boolean {
    if (this.end !== undefined) return true;
    return this.done && this.begun && this.calls.whole;
  }

  /** True once the provider has sent its last event. */
  get ended(): boolean {
    return this.done;
  }

  /**
   * The whole answer. Throws an UpstreamError when the provider says that it failed, and a UserError when it gave nothing
   * but a refusal.
   */
  finish(): WireAnswer {
    const { end: finish } = this;
    if (finish === 'failed') throw providerError(`the answer ended with "${this.word}"`);
    if (finish === 'overloaded') throw overloadedError(`the answer ended with "${this.word}"`);
    if (finish === 'malformed') throw badFormat('call', `the answer ended with "${this.word}"`);
    for (const call of this.text.end()) if (!this.calls.has(call)) this.calls.add(call);
    const lost = finish === 'cut' || finish === 'filtered' ? this.calls.dropUnfinished() : 0;
    const toolCalls = this.calls.finish();
    const text = this.text.all;
    if (finish === 'filtered' && text.trim() === '' && toolCalls.length === 0) throw refused();
    const thought = this.reasoning.finish();
    const ending = endingOf(finish, toolCalls.length, lost);
    return {
      text,
      toolCalls,
      finishReason:
        toolCalls.length > 0 && (finish === 'whole' || finish === undefined) ? 'tool_calls' : (this.word ?? 'stop'),
      ...(ending && { ending }),
      ...(lost > 0 && { lostCalls: lost }),
      ...(thought && { thought }),
      unopened: this.text.unopened,
      told: this.told,
    };
  }
}

function endingOf(finish: Finish | undefined, calls: number, lost: number): WireAnswer['ending'] {
  if (finish === 'unknown' || finish === undefined) return undefined;
  if (calls > 0) return undefined;
  if (lost > 0 || finish === 'calls') return 'lost-calls';
  return finish === 'cut' || finish === 'filtered' ? finish : undefined;
}

/** What a router says of its own provider; it counts where the router has made a plain end of a failure. */
function nativeFinish(choice: Record<string, unknown>): Finish | undefined {
  const finish = readFinish(choice['native_finish_reason']);
  return finish === 'malformed' || finish === 'failed' || finish === 'filtered' || finish === 'cut'
    ? finish
    : undefined;
}

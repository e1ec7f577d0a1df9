import { chooseResting } from './cuts.ts';
import { makeSafe, type SafetyRules } from './safety.ts';
import { DISCORD_LIMIT, nextPart, partContent } from './split.ts';
import { readStructure, type Structure } from './structure.ts';

export interface StreamedTextOptions {
  /** UTF-16 units a part may have. */
  limit?: number;
  /** What the text may show; see makeSafe. */
  rules?: Omit<SafetyRules, 'done'>;
  /** Shown when the finished text is blank, because Discord refuses an empty message. */
  emptyText?: string;
}

export interface StreamedText {
  /**
   * The parts to show for the text so far, safe, healed and within the limit. Parts before the last are final: their text
   * does not change any more, and what a part has shown never moves to another. Empty until there is something to show.
   */
  update(fullText: string, done: boolean): string[];
}

/** From this share of the limit on, a part grows by whole lines or sentences, so that it can be cut where it stands. */
const RESTING_FROM = 0.85;

/** Shows a growing text in parts that never shrink. One object for each answer; `fullText` must only grow. */
export function createStreamedText(options: StreamedTextOptions = {}): StreamedText {
  const { limit = DISCORD_LIMIT, rules = {}, emptyText = 'The answer is empty.' } = options;
  const closed: string[] = [];
  let from = 0;
  let shown = 0;
  return { update };

  function update(fullText: string, done: boolean): string[] {
    const text = makeSafe(fullText, { ...rules, done });
    const structure = readStructure(text, !done);
    let last = closeFullParts(structure);
    if (last && !done) last = restingPart(text, last);
    if (done && !last && closed.length === 0) return [emptyText];
    return last ? [...closed, last] : [...closed];
  }

  /** Closes every part that is full; returns the content of the one that is still open. */
  function closeFullParts(structure: Structure): string | undefined {
    for (;;) {
      const part = nextPart(structure, from, limit, shown);
      if (!part) return undefined;
      const end = from + part.skipped.length + part.text.length;
      if (structure.text.slice(end).trim() === '') return partContent(part);
      closed.push(partContent(part));
      from = end;
    }
  }

  function restingPart(text: string, whole: string): string {
    const full = text.trimEnd().length;
    const end = whole.length <= limit * RESTING_FROM ? full : restingEnd(text, full);
    shown = Math.max(shown, end);
    if (end === full) return whole;
    const part = nextPart(readStructure(text.slice(0, end), true), from, limit, end);
    return part ? partContent(part) : whole;
  }

  function restingEnd(text: string, full: number): number {
    const least = Math.max(shown, from + 1);
    return chooseResting(readStructure(text, true), least, full - 1) ?? least;
  }
}

import { speak, type Say } from '../language/say.ts';
import { chooseResting } from './cuts.ts';
import { wholeCharacters } from './graphemes.ts';
import { createLongCode, type CodeFile } from './long-code.ts';
import { makeSafe, type SafetyRules } from './safety.ts';
import { DISCORD_LIMIT, nextPart, partContent } from './split.ts';
import { readLines } from './lines.ts';
import { readStructure, type Structure } from './structure.ts';
import { growingTable } from './tables/growing.ts';
import type { TablePicture } from './tables/pictures.ts';
import { createTableForms, type TableFile } from './tables/show.ts';

export interface StreamedTextOptions {
  /** The most UTF-16 units of a part. */
  limit?: number;
  /** What the text may show; see makeSafe. */
  rules?: Omit<SafetyRules, 'done'>;
  /** Whether files can be sent along; see createTableForms. Default true. */
  files?: boolean;
  /** Shown when the finished text is blank, because Discord refuses an empty message. */
  emptyText?: string;
  /** The language of the notes in it: of rows and lines that are not shown, of secrets. Default English. */
  say?: Say;
}

export interface StreamedText {
  /**
   * The parts to show for the text so far: safe, healed and within the limit. Parts before the last are final: their
   * text no longer changes, and what a part has shown never moves to another. Empty until there is something to show.
   */
  update(fullText: string, done: boolean): string[];
  /** Tables of the text that are not shown whole. */
  files(): TableFile[];
  /** Blocks of code of the text that are not shown whole. */
  code(): CodeFile[];
  /** Pictures that go with its tables. */
  pictures(): TablePicture[];
  /** How many rows have come of a table that is only shown when it is complete. */
  rowsComing(): number | undefined;
}

/** From this share of the limit on, a part grows by whole lines or sentences, so that it can end anywhere it stands. */
const RESTING_FROM = 0.85;

/** Shows a growing text in parts that never shrink. Each answer needs its own object; `fullText` must only grow. */
export function createStreamedText(options: StreamedTextOptions = {}): StreamedText {
  const { limit = DISCORD_LIMIT, rules = {}, files = true, say = speak('en') } = options;
  const { emptyText = say('text.empty') } = options;
  const closed: string[] = [];
  let from = 0;
  let shown = 0;
  const tables = createTableForms({ files, rules, say });
  const code = createLongCode(files, say);
  let coming: number | undefined;
  return {
    update,
    files: () => tables.files(),
    code: () => code.files(),
    pictures: () => tables.pictures(),
    rowsComing: () => coming,
  };

  function update(fullText: string, done: boolean): string[] {
    tables.begin();
    code.begin();
    coming = done ? undefined : growingTable(fullText, readLines(fullText)).rows;
    const text = makeSafe(fullText, {
      ...rules,
      done,
      say,
      showTable: (table) => tables.show(table),
      showCode: (...block) => code.show(...block),
    });
    const structure = readStructure(text, !done);
    let last = closeFullParts(structure);
    if (last && !done) last = restingPart(structure, last);
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

  function restingPart(structure: Structure, whole: string): string | undefined {
    const { text } = structure;
    const full = text.trimEnd().length;
    const end = whole.length <= limit * RESTING_FROM ? full : restingEnd(structure, full);
    shown = Math.max(shown, end);
    if (end === full) return whole;
    const part = nextPart(readStructure(text.slice(0, end), true), from, limit, end);
    return part && partContent(part);
  }

  /** The last complete line or sentence, or a place near the zone's beginning when there is none yet. */
  function restingEnd(structure: Structure, full: number): number {
    const begin = wordBefore(structure.text, from, from + Math.floor(limit * RESTING_FROM * RESTING_FROM));
    const least = Math.max(shown, begin);
    return chooseResting(structure, least, full - 1) ?? least;
  }
}

/** The end of the last whole word before a place, or else of the last whole character. */
function wordBefore(text: string, from: number, at: number): number {
  const space = /\s\S*$/.exec(text.slice(from, at))?.index;
  return space === undefined || space === 0 ? wholeCharacters(text, from, at) : from + space;
}

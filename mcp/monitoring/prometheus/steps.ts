import { ToolError } from '#mcp/kit.ts';
import { shown } from '#mcp/words.ts';
import { lengthOf, lengthText, type Span } from '../time.ts';

/** Values of one series that are asked for, unless a step is given: enough that least and most mean something. */
const USUAL = 240;
/** And with a step. Prometheus itself gives 11,000 at most. */
const MOST = 1_500;

/** Lengths that people read easily, in seconds. */
const EASY = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

export interface Step {
  seconds: number;
  /** What to say when it is not the one that was asked for. */
  note: string;
}

/** Seconds between two values. Throws ToolError for a step that is none. */
export function stepFor({ start, end }: Span, wanted: string | undefined): Step {
  const length = end - start;
  if (wanted === undefined) return { seconds: easyStep(length / USUAL), note: '' };
  const seconds = lengthOf(wanted);
  if (seconds === undefined || seconds <= 0)
    throw new ToolError(`step: ${shown(wanted)} is no length of time. Write 30s, 5m or 1h, or leave it out.`);
  if (seconds > length) {
    const whole = Math.max(1, length);
    return {
      seconds: whole,
      note: `A step of ${lengthText(seconds)} is longer than the time; it is ${lengthText(whole)}.`,
    };
  }
  if (length / seconds <= MOST) return { seconds, note: '' };
  const possible = easyStep(length / MOST);
  return {
    seconds: possible,
    note: `A step of ${lengthText(seconds)} would give too many values; it is ${lengthText(possible)}.`,
  };
}

/**
 * The span moved so that its last step is its end. Prometheus counts steps from the start, and gives nothing of what
 * lies behind the last whole one.
 */
export function endingWithStep({ start, end }: Span, seconds: number): Span {
  return { start: end - Math.floor((end - start) / seconds) * seconds, end };
}

function easyStep(least: number): number {
  return EASY.find((step) => step >= least) ?? Math.ceil(least / 86_400) * 86_400;
}

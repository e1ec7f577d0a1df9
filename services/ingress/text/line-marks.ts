/** Discord's mark that quotes the rest of the message. */
export const REST_QUOTED = /^[ \t]*>>>(?: |$)/;

/** The marks that a line begins with, and the rest of it. */
export interface LineMarks {
  /** Quote marks as they are written, including `>>> `. */
  quotes: string;
  /** How many quotes the line is in. `>>> ` does not count, because the lines after it need no mark. */
  depth: number;
  indent: string;
  /** A list item's mark with the space behind it. */
  item: string;
  text: string;
}

const MARKS = /^((?: {0,3}> ?)*)([ \t]*)((?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$))?/;

export function readLineMarks(line: string): LineMarks {
  const rest = REST_QUOTED.exec(line)?.[0] ?? '';
  const [marks = '', own = '', indent = '', item = ''] = MARKS.exec(line.slice(rest.length)) ?? [];
  // The text after `>>> ` counts as the beginning of a line.
  const quotes = rest + own;
  return {
    quotes,
    depth: own.split('>').length - 1,
    indent,
    item,
    text: line.slice(rest.length + marks.length).trim(),
  };
}

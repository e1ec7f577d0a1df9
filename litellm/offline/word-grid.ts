import type { Question } from './question.ts';
import { mentions } from './fill-arguments.ts';
import { numberIn, type Grid } from './results.ts';
import { contentWords, plainWords, stem } from './words.ts';

/** How many entries a list may have. A longer one becomes a table, which whoever shows the answer makes readable. */
const maxListed = 25;

/** How many rows a table of an answer may have: more than a tool gives. */
const maxRows = 500;

/** How many columns a list may have; a wider grid becomes a table. */
const maxListColumns = 5;

/** Where rows come from. */
export interface GridSource {
  tool: string;
  /** The tool's remarks about the rows, in brackets. */
  notes: readonly string[];
  /** How many rows were asked for at most. */
  limit: number | undefined;
}

/** Puts rows into words: first what was asked about them, then the rows. */
export function wordGrid(question: Question, grid: Grid, source: GridSource): string {
  const { notes, limit } = source;
  const noun = nounFor(grid, source.tool, question);
  if (grid.rows.length === 1 && grid.columns.length === 1 && noun === 'rows')
    return `The answer is **${formatted(grid.rows[0]![0]!)}**.`;
  const lines = [
    wordNamed(question, grid) ??
      (limit === grid.rows.length ? `These are the first ${limit} ${noun}:` : wordCount(grid, noun)),
    ...(isListing(grid, noun) ? ['', listRows(grid)] : ['', tableRows(grid)]),
    ...(grid.rows.length > maxRows ? [`… and ${grid.rows.length - maxRows} more.`] : []),
    ...notes.map((note) => `\n${note.slice(1, -1)}`),
  ];
  const extreme = wordExtreme(question, grid);
  if (extreme !== undefined) lines.push('', extreme);
  return lines.join('\n');
}

/** Whether rows are shown as a list. Rows of a query keep their columns' names, so they are shown as a table. */
function isListing(grid: Grid, noun: string): boolean {
  if ((noun === 'rows' && grid.columns.length > 2) || grid.rows.length > maxListed) return false;
  return grid.columns.length <= maxListColumns && new Set(grid.rows.map((row) => row[0])).size === grid.rows.length;
}

function wordCount(grid: Grid, noun: string): string {
  const count = grid.rows.length;
  if (count === 1) return `There is one ${singular(noun)}:`;
  const folders = grid.rows.filter((row) => row[0]!.endsWith('/')).length;
  if (folders > 0 && folders < count)
    return `There are ${count} ${noun}, ${counts(count - folders, 'file')} and ${counts(folders, 'folder')}:`;
  return `There are ${count} ${noun}:`;
}

function counts(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Answers "How many orders are there?" from a listing that says how many rows each table has. */
function wordNamed(question: Question, grid: Grid): string | undefined {
  const counts = countColumn(grid);
  if (counts < 0 || !/\bhow many\b|\bcount\b|\bnumber of\b/i.test(question.text)) return undefined;
  const named = grid.rows.filter((row) => mentions(question, row[0]!));
  if (named.length === 0 || named.length > 3) return undefined;
  const told = named.map((row) => `**${row[0]}** has **${counted(row[counts]!)}** rows`);
  return `${told.join(', ')}. All that I looked at:`;
}

function countColumn(grid: Grid): number {
  return grid.columns.findIndex((column) => /^(?:rows?|row_count|count)$/i.test(column));
}

function nounFor(grid: Grid, tool: string, question: Question): string {
  const subject = /\b(?:which|what|list|show|all|how many)\s+(?:me\s+)?(?:all\s+)?(?:the\s+)?(\p{L}+s)\b/iu
    .exec(question.text)?.[1]
    ?.toLowerCase();
  const first = grid.columns[0]!.toLowerCase();
  const [, ...words] = plainWords(tool);
  if (words.some((word) => /^(?:query|select|sql)$/.test(word))) return 'rows';
  const named = words.findLast((word) => word.endsWith('s') && stem(word) !== word);
  if (subject !== undefined && (subject === named || stem(subject) === first)) return subject;
  if (named !== undefined) return named;
  if (/^[a-z]{3,}$/.test(first) && first !== 'name') return first.endsWith('s') ? first : `${first}s`;
  const mixed = grid.rows.some((row) => row[0]!.endsWith('/'));
  return subject !== undefined && !mixed && contentWords(subject).length > 0 ? subject : 'entries';
}

function singular(noun: string): string {
  return noun === 'entries' ? 'entry' : stem(noun);
}

/**
 * Answers "largest", "most rows", "smallest" with a row, by the column that the question names or else the first that
 * counts.
 */
function wordExtreme(question: Question, grid: Grid): string | undefined {
  const asked = /\b(largest|biggest|most|longest|highest|smallest|fewest|least|shortest|lowest)\b/i
    .exec(question.text)?.[1]
    ?.toLowerCase();
  const column = asked === undefined ? undefined : measured(question, grid);
  if (asked === undefined || column === undefined) return undefined;
  const down = /^(?:smallest|fewest|least|shortest|lowest)$/.test(asked) ? -1 : 1;
  const known = grid.rows.filter((row) => numberIn(row[column]!) !== undefined);
  const [top] = known.toSorted((a, b) => down * (numberIn(b[column]!)! - numberIn(a[column]!)!));
  if (!top) return undefined;
  const name = grid.columns[column]!.toLowerCase();
  const value = counted(top[column]!);
  const unit = /bytes|size/.test(name)
    ? bytes(top[column]!)
    : value.includes(' ') || name === ''
      ? value
      : `${value} ${name}`;
  const which = /^(?:most|fewest|least)$/.test(asked) ? `The one with the ${asked}` : `The ${asked}`;
  return `${which} is **${top[0]}** with **${unit}**.`;
}

function measured(question: Question, grid: Grid): number | undefined {
  const numeric = grid.columns.flatMap((_, at) =>
    at > 0 && grid.rows.some((row) => numberIn(row[at]!) !== undefined) ? [at] : [],
  );
  const words = new Set(plainWords(question.text).map(stem));
  const bySize = /\b(?:big|size|sizes|bytes|space|disk)\b/i.test(question.text) && !words.has('row');
  const size = numeric.find((at) => /bytes|size/i.test(grid.columns[at]!));
  if (bySize && size !== undefined) return size;
  return numeric.find((at) => words.has(stem(grid.columns[at]!.toLowerCase()))) ?? numeric[0];
}

function listRows(grid: Grid): string {
  const same = grid.columns.map((_, at) => grid.rows.length > 1 && new Set(grid.rows.map((row) => row[at])).size === 1);
  const lines = grid.rows.map((row) => {
    const details = row.slice(1).flatMap((value, at) => detail(grid.columns[at + 1]!, value, same[at + 1]!));
    return `- **${row[0]}**${details.length > 0 ? ` — ${details.join(', ')}` : ''}`;
  });
  return lines.join('\n');
}

function detail(column: string, value: string, everywhereTheSame: boolean): string[] {
  if (value === '' || (everywhereTheSame && numberIn(value) === undefined)) return [];
  const name = column.toLowerCase();
  if (/^(?:size_)?bytes$/.test(name)) return [bytes(value)];
  if (numberIn(value) !== undefined && /^[a-z]+s$/.test(name)) return [`${counted(value)} ${name}`];
  return [/^\d{4}-\d\d-\d\dT/.test(value) ? value.slice(0, 16).replace('T', ' ') : formatted(value)];
}

function bytes(value: string): string {
  const size = numberIn(value);
  if (size === undefined) return value;
  if (size < 1_024) return `${size} bytes`;
  return size < 1_048_576 ? `${(size / 1_024).toFixed(0)} KiB` : `${(size / 1_048_576).toFixed(1)} MiB`;
}

export function tableRows(grid: Grid): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  const rows = grid.rows.slice(0, maxRows).map((row) => line(row.map(formatted)));
  return [line(grid.columns), `|${' --- |'.repeat(grid.columns.length)}`, ...rows].join('\n');
}

/** A count, with separators. */
function counted(value: string): string {
  return value.replace(
    /^((?:about )?)(\d+)$/,
    (_, about: string, digits: string) => about + Number(digits).toLocaleString('en'),
  );
}

/** Adds separators to whole numbers of five digits and more. Shorter ones may be years or identifiers. */
function formatted(value: string): string {
  return /^(?:about )?\d{5,}$/.test(value)
    ? value.replace(/\d+/, (digits) => Number(digits).toLocaleString('en'))
    : value;
}

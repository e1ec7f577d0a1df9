import type { RunState } from '#shared/run/fold/run-state.ts';
import type { SafetyRules } from '../text/safety.ts';
import type { Say } from '../language/say.ts';
import { createStreamedText } from '../text/stream.ts';
import { REDACTED } from '../text/links.ts';
import { partFrom, type TableFile } from '../text/tables/show.ts';
import { textOf } from './answer-text.ts';
import { buttonRow, buttonStyle, type ButtonSpec } from './buttons.ts';

/** Discord's limit on a message, with room for the line above. */
const maxChars = 1_900;

/** One page of a table that an answer does not show whole. */
export interface TablePage {
  content: string;
  components: object[];
}

/** Which page of which table; both count from 0. Without a page, the first one that the answer itself does not show. */
export interface PageWanted {
  table: number;
  page?: number | undefined;
}

/** The page of a run's table, with buttons to the others. Undefined where the answer shows everything. */
export function tablePage(
  say: Say,
  runId: string,
  state: RunState,
  rules: Omit<SafetyRules, 'done'>,
  wanted: PageWanted,
): TablePage | undefined {
  const tables = partialTables(say, state, rules);
  const file = tables[wanted.table];
  if (!file) return undefined;
  const { table } = file;
  const starts = pageStarts(say, file, rules);
  const unseen = starts.findIndex((start) => start >= file.shown);
  const page = Math.min(starts.length - 1, Math.max(0, wanted.page ?? (unseen < 0 ? 0 : unseen)));
  const from = starts[page]!;
  const { text, count } = partFrom(say, table, from, rules);
  const shown = text.length > maxChars ? `${text.slice(0, maxChars)}…` : text;
  const head = say('table.page', {
    from: from + 1,
    to: from + count,
    all: table.rows.length,
    page: page + 1,
    pages: starts.length,
  });
  return {
    content: `${head}\n${shown.replaceAll(REDACTED, say('text.secret'))}`,
    components: pageButtons(say, runId, tables, { table: wanted.table, page }, starts.length),
  };
}

function partialTables(say: Say, state: RunState, rules: Omit<SafetyRules, 'done'>): TableFile[] {
  const streamed = createStreamedText({ rules, say });
  streamed.update(textOf(state), true);
  return streamed.files();
}

function pageStarts(say: Say, { table }: TableFile, rules: Omit<SafetyRules, 'done'>): number[] {
  const starts = [0];
  for (;;) {
    const next = starts.at(-1)! + Math.max(1, partFrom(say, table, starts.at(-1)!, rules).count);
    if (next >= table.rows.length) return starts;
    starts.push(next);
  }
}

function pageButtons(
  say: Say,
  runId: string,
  tables: readonly TableFile[],
  { table, page }: { table: number; page: number },
  pages: number,
): object[] {
  const turn = (label: string, to: number): ButtonSpec => ({
    id: `rows:${runId}:${table}:${to}`,
    label,
    style: buttonStyle.secondary,
    disabled: to < 0 || to >= pages,
  });
  // Two buttons of a row may not have the same id.
  const ends =
    pages > 2
      ? [{ ...turn('»', pages - 1), id: `rows:${runId}:${table}:${pages - 1}:last`, disabled: page === pages - 1 }]
      : [];
  const rows = [buttonRow([turn('‹', page - 1), turn('›', page + 1), ...ends])];
  if (tables.length < 2) return rows;
  const others = tables.slice(0, 5).map((_, at) => ({
    id: `rows:${runId}:${at}:0:table`,
    label: say('table.number', { number: at + 1 }),
    style: at === table ? buttonStyle.primary : buttonStyle.secondary,
    disabled: at === table,
  }));
  return [...rows, buttonRow(others)];
}

import type { Filter } from './query.ts';
import { pathBetween, tableOf, type Column, type Schema } from './schema.ts';
import { dateOf } from './scope.ts';
import { isUpward } from './sql.ts';
import { take, type Text } from './text.ts';

/** The date that a span means: the one that the question points at, or that of what is counted, or the rows' own. */
export function spanColumn(text: Text, table: string, counted: string | undefined): Column | undefined {
  return (
    pointedDate(text, table) ??
    (counted === undefined ? undefined : (pointedDate(text, counted) ?? dateOf(text.schema, counted))) ??
    dateColumn(text, table) ??
    dateOf(text.schema, table)
  );
}

/** The table with the date of what happened, as an order lies between a customer and what they bought. */
export function happened(schema: Schema, table: string, filters: readonly Filter[]): string | undefined {
  const far = filters.find((filter) => filter.kind !== 'related' && !isUpward(schema, table, filter.column.table));
  if (!far || far.kind === 'related') return undefined;
  const between = pathBetween(schema, table, far.column.table)?.flatMap(({ from, to }) => [from.table, to.table]) ?? [];
  return between.find((name) => name !== table && tableOf(schema, name).columns.some(({ kind }) => kind === 'date'));
}

/** The date that a span or an order means: the one that a word of the question points at, or the first that is always there. */
export function dateColumn(text: Text, table: string): Column | undefined {
  const pointed = pointedDate(text, table);
  if (pointed) return pointed;
  const dates = tableOf(text.schema, table).columns.filter(({ kind }) => kind === 'date');
  return dates.find(({ isNullable }) => !isNullable) ?? (dates.length === 1 ? dates[0] : undefined);
}

/** The date of a table whose name a word of the question is, as "joined" is that of `joined_on`. */
function pointedDate(text: Text, table: string): Column | undefined {
  const dates = tableOf(text.schema, table).columns.filter(({ kind }) => kind === 'date');
  const verb = (column: Column) => column.name.replace(/_(?:on|at|date|time)$/, '');
  const pointed = dates.find((column) => {
    const word = verb(column);
    const stem = word.replace(/ed$/, '');
    return take(text, new RegExp(String.raw`(?<![\p{L}<])${stem}(?:ed|s|ing)?(?: up)?(?![\p{L}>])`, 'u')) !== undefined;
  });
  if (pointed) return pointed;
  const joining = dates.find(({ name }) => /^(?:joined|registered|created|signed)/.test(name));
  return joining && take(text, /(?<!\p{L})(?:sign(?:ed)? up|register(?:ed)?)(?!\p{L})/u) ? joining : undefined;
}

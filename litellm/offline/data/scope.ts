import type { Filter } from './query.ts';
import { pathBetween, tableOf, type Column, type Schema } from './schema.ts';
import { isUpward } from './sql.ts';

type Own = Exclude<Filter, { kind: 'related' }>;

/** What a question counts or sums up for each row that it is about: rows of another table. */
export interface Counted {
  table: string;
  /** Whether the rows are summed up, so that a condition must say of each row whether it counts. */
  isSummed: boolean;
}

/**
 * Puts each condition where it counts: "more than 5 orders in October" is about orders of October, not about customers
 * of October. Undefined where it is not clear what a condition is about.
 */
export function scoped(
  schema: Schema,
  table: string,
  given: readonly Filter[],
  { counted, isAnd }: { counted: Counted | undefined; isAnd: boolean },
): Filter[] | undefined {
  const own = given.filter((filter) => filter.kind !== 'related');
  const related = given.filter((filter) => filter.kind === 'related');
  if (related.some((filter) => filter.table === table)) return undefined;
  const isFar = ({ column }: Own) => !isUpward(schema, table, column.table);
  const far = own.filter(isFar);
  const near = own.filter((filter) => !isFar(filter));
  if (far.length === 0) return [...near, ...related];
  if (counted) {
    const fits = far.every(({ column }) => !counted.isSummed || isUpward(schema, counted.table, column.table));
    return fits && related.length === 0 && !far.some(isNegated) ? [...near, ...far] : undefined;
  }
  const [only, ...others] = related.length > 0 ? related : sameRow(schema, table, far);
  if (!only) return [...near, ...far.flatMap((filter) => apart(filter, isAnd))];
  const reaches = far.every((filter) => {
    const path = pathBetween(schema, only.table, filter.column.table) ?? [];
    const isClear = !isNegated(filter) || isUpward(schema, only.table, filter.column.table);
    return isClear && path.every(({ from, to }) => from.table !== table && to.table !== table);
  });
  return others.length === 0 && reaches ? [...near, { ...only, within: far }] : undefined;
}

/** "ordered tea in October" is about an order of October with tea in it, not about one of each. */
function sameRow(schema: Schema, table: string, far: readonly Own[]): Extract<Filter, { kind: 'related' }>[] {
  const span = far.find(({ kind }) => kind === 'span');
  const isAlone = far.length === 1 || span === undefined || span.column.table === table;
  return isAlone ? [] : [{ kind: 'related', table: span.column.table, sign: '>=', number: 1 }];
}

function isNegated(filter: Own): boolean {
  return filter.kind === 'value' && filter.isNot === true;
}

/** "orders with no tea" have no row of tea; "with tea and coffee" they have one of each. */
function apart(filter: Own, isAnd: boolean): Filter[] {
  if (filter.kind !== 'value') return [filter];
  const { column, values, isNot } = filter;
  if (isNot) {
    const within: Filter[] = [{ kind: 'value', column, values }];
    return [{ kind: 'related', table: column.table, sign: '=', number: 0, within }];
  }
  return isAnd ? values.map((value) => ({ kind: 'value', column, values: [value] })) : [filter];
}

/** The date of a table that is always there, or else of the nearest table that its rows belong to. */
export function dateOf(schema: Schema, table: string): Column | undefined {
  const up = schema.tables
    .filter(({ name, isView }) => name === table || (!isView && pathBetween(schema, table, name)))
    .filter(({ name }) => isUpward(schema, table, name))
    .toSorted((a, b) => distance(schema, table, a.name) - distance(schema, table, b.name));
  for (const { name } of up) {
    const dates = tableOf(schema, name).columns.filter(({ kind }) => kind === 'date');
    const date = dates.find(({ isNullable }) => !isNullable) ?? (dates.length === 1 ? dates[0] : undefined);
    if (date) return date;
  }
  return undefined;
}

function distance(schema: Schema, from: string, to: string): number {
  return pathBetween(schema, from, to)?.length ?? Infinity;
}

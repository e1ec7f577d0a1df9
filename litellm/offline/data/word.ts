import { tableRows } from '../word-grid.ts';
import type { Grid } from '../results.ts';
import { formsOf } from './nouns.ts';
import { nameOf } from './sql.ts';
import type { DataQuery, Filter, Measure } from './query.ts';
import type { Misspelt } from './spelling.ts';
import { isName, shortName, type Column, type Schema, type Table } from './schema.ts';

/** The answer to a query: what was found, and how the question was read, since rules may misread it. */
export function wordData(query: DataQuery, grid: Grid | undefined, text: string): string {
  if (!grid || grid.rows.length === 0) {
    const isEmpty = /^No rows\b/.test(text);
    return isEmpty ? `There are none.\n\n${reading(query)}` : `That could not be found out: ${text}`;
  }
  return `${found(query, grid)}\n\n${reading(query)}`;
}

function found(query: DataQuery, grid: Grid): string {
  const [first = []] = grid.rows;
  const { select, group } = query;
  if (!group && select.kind === 'share') return `**${first[0]} %**: ${first[1]} of ${first[2]} ${noun(query)}.`;
  if (!group && select.kind === 'count')
    return `There ${first[0] === '1' ? 'is' : 'are'} **${first[0]}** ${noun(query, Number(first[0]))}${conditions(query)}.`;
  if (!group && grid.rows.length === 1 && grid.columns.length === 1) {
    return first[0] === '' ? 'There are none that this could be said of.' : `It is **${first[0]}**.`;
  }
  const { rest, all } = withoutAll(grid);
  if (rest.rows.length === 1) return oneRow(query, rest);
  const many =
    all === undefined || all === rest.rows.length ? all : `${all}, of which these are the first ${rest.rows.length}`;
  return many === undefined ? tableRows(rest) : `${many} ${noun(query)}:\n\n${tableRows(rest)}`;
}

/** Takes off the column that says how many rows there are in all. */
function withoutAll(grid: Grid): { rest: Grid; all: number | undefined } {
  if (grid.columns.at(-1) !== 'of_all') return { rest: grid, all: undefined };
  const rest = { columns: grid.columns.slice(0, -1), rows: grid.rows.map((row) => row.slice(0, -1)) };
  return { rest, all: Number(grid.rows[0]?.at(-1)) };
}

function oneRow(query: DataQuery, grid: Grid): string {
  const [row = []] = grid.rows;
  const named = grid.columns.findIndex((name) => isName({ name } as Column));
  const at = named >= 0 ? named : 0;
  const others = grid.columns.flatMap((name, index) => (index === at ? [] : [`${name} ${row[index]}`]));
  const title = named >= 0 || query.group ? row[at] : `${grid.columns[at]} ${row[at]}`;
  return `It is **${title}** (${others.join(', ')}).`;
}

function noun({ table }: DataQuery, count?: number): string {
  return count === 1 ? formsOf(shortName(table))[0]! : shortName(table).replaceAll('_', ' ');
}

/** How the question was understood. */
export function reading(query: DataQuery): string {
  const { select, group, order } = query;
  const what = {
    count: () => `the number of ${noun(query)}`,
    share: () => `how many percent of ${noun(query)} are so`,
    aggregate: () =>
      select.kind === 'aggregate'
        ? `the ${select.how === 'avg' ? 'average' : 'total'} of ${measureText(select.measure)} of ${noun(query)}`
        : '',
    distinct: () =>
      select.kind === 'distinct'
        ? `${select.isCounted ? 'the number of different values' : 'the values'} of ${select.column.name} of ${noun(query)}`
        : '',
    edge: () =>
      select.kind === 'edge'
        ? `the ${select.end === 'max' ? 'last' : 'first'} ${select.column.name} of ${noun(query)}`
        : '',
    rows: () => noun(query),
  }[select.kind]();
  const by = group ? ` by ${group.kind === 'unit' ? `${group.unit} of ${group.column.name}` : group.column.name}` : '';
  const sorted = order
    ? `, the ${order.skip === undefined ? '' : `number ${order.skip + 1}: the `}${order.limit === 1 ? 'one' : order.limit} with the ${order.isDescending ? 'most' : 'least'} ${order.by.kind === 'rows' ? 'rows' : measureText(order.by)}`
    : '';
  return `-# Read by rules as: ${what}${by}${conditions(query)}${sorted}.`;
}

function measureText(measure: Measure): string {
  if (measure.kind === 'column') return measure.column.name;
  return measure.kind === 'value' ? `${measure.quantity.name} times ${measure.price.name}` : nameOf(measure, 'sum');
}

function conditions({ filters }: DataQuery): string {
  return filters.length === 0 ? '' : ` where ${filters.map(conditionText).join(' and ')}`;
}

function conditionText(filter: Filter): string {
  switch (filter.kind) {
    case 'value':
      return `${filter.column.name} is ${filter.isNot ? 'not ' : ''}${filter.values.join(' or ')}`;
    case 'word':
      return `${filter.column.name} has "${filter.word}" in it`;
    case 'compare':
      return `${columnText(filter.column)} ${filter.sign} ${filter.number}`;
    case 'span':
      return `${filter.column.name} is ${filter.span.label}`;
    case 'related':
      return `the number of ${shortName(filter.table)}${filter.within === undefined ? '' : ` where ${filter.within.map(conditionText).join(' and ')},`} ${filter.sign} ${filter.number}`;
  }
}

/** Each table has an id, so that its name alone tells nothing. */
function columnText({ name, table }: Column): string {
  return name === 'id' ? `${shortName(table)}.id` : name;
}

/** Asks back about a word that is nearly the name of a table; it may be meant, or it may not. */
export function wordMisspelt({ word, meant }: Misspelt, schema: Schema): string {
  const examples = exampleQuestions(schema).map((example) => `- ${example}`);
  return `I do not know “${word}”. Did you mean “${meant}”? I give no answer rather than a wrong one. These I can answer:\n\n${examples.join('\n')}`;
}

/** Says which words were not understood, instead of an answer to another question. */
export function wordUnknown(unknown: readonly string[], schema: Schema): string {
  const words = [...new Set(unknown)].slice(0, 4).map((word) => `“${word}”`);
  const what =
    words.length === 0 ? 'I do not understand how this is meant' : `I do not understand ${words.join(', ')} here`;
  const examples = exampleQuestions(schema).map((example) => `- ${example}`);
  return `${what}, and give no answer rather than a wrong one. These I can answer:\n\n${examples.join('\n')}`;
}

/** Questions about these tables that surely work. */
export function exampleQuestions({ tables }: Schema): string[] {
  const hasName = ({ columns }: Table) => columns.some((column) => isName(column));
  const plain = tables.filter(({ isView }) => !isView).toSorted((a, b) => Number(hasName(b)) - Number(hasName(a)));
  const grouped = plain.flatMap(({ name, columns }) =>
    columns
      .filter((column) => column.kind === 'text' && /^(?:country|city|status|category|type|kind)$/.test(column.name))
      .map((column) => `How many ${words(name)} are there by ${column.name}?`),
  );
  const dated = plain.flatMap(({ name, columns }) =>
    columns.some(({ kind, isNullable }) => kind === 'date' && !isNullable) ? [`Show the 5 newest ${words(name)}`] : [],
  );
  const counted = plain.map(({ name }) => `How many ${words(name)} are there?`);
  return [counted[0], grouped[0], dated[0]].filter((example) => example !== undefined);
}

function words(table: string): string {
  return shortName(table).replaceAll('_', ' ');
}

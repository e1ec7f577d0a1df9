import { countryCode } from '../language.ts';
import { holdsCountries, isName, type Column, type Schema } from './schema.ts';
import type { FoundValue } from './conditions.ts';
import type { Grid } from '../results.ts';
import { escaped, quoteName, quoteText } from './sql.ts';

/** The countries among the words, where a column holds their codes. */
export function foundCountries(words: readonly string[], schema: Schema): FoundValue[] {
  const coded = schema.tables.flatMap(({ columns }) => columns).filter(holdsCountries);
  return words.flatMap((word) => {
    const code = countryCode(word);
    return code === undefined ? [] : coded.slice(0, 1).map((column) => ({ word, column, values: [code] }));
  });
}

/** Names of cities in English and in the language of the country. */
const CITIES = [
  'vienna wien',
  'munich münchen',
  'cologne köln',
  'nuremberg nürnberg',
  'zurich zürich',
  'geneva genève genf',
  'copenhagen københavn kopenhagen',
  'gothenburg göteborg',
  'brussels bruxelles brussel',
  'antwerp antwerpen',
  'rome roma',
  'milan milano',
  'florence firenze',
  'venice venezia',
  'naples napoli',
  'turin torino',
  'lisbon lisboa',
  'seville sevilla',
  'prague praha',
  'warsaw warszawa',
].map((names) => names.split(' '));

/** A word, what else the same city is called, and the singular: "teas". */
function namesOf(word: string): string[] {
  const singular = /^\p{L}{2,}[^su]s$/u.test(word) ? [word.slice(0, -1)] : [];
  return CITIES.find((names) => names.includes(word)) ?? [word, ...singular];
}

/** How many values of a column are looked at for one word: enough to tell whether there is any. */
const maxValues = 5;

/** A statement that finds where words stand as values of text columns. */
export function searchSql(words: readonly string[], schema: Schema): string | undefined {
  const columns = schema.tables
    .filter(({ isView }) => !isView)
    .flatMap((table) => table.columns)
    .filter(({ kind, values }) => kind === 'text' && values.length === 0);
  const parts = columns.flatMap(({ table, name }) =>
    words.map((word) => {
      const column = quoteName(name);
      const names = namesOf(word);
      const shape = quoteText(String.raw`\m(?:${names.map(escaped).join('|')})\M`);
      const whole = `lower(${column}) IN (${names.map(quoteText).join(', ')})`;
      return `(SELECT DISTINCT ${quoteText(word)} AS word, ${quoteText(table)} AS in_table, ${quoteText(name)} AS in_column, ${column} AS value, ${whole} AS is_whole FROM ${quoteName(table)} WHERE ${column} ~* ${shape} ORDER BY is_whole DESC LIMIT ${maxValues})`;
    }),
  );
  return parts.length === 0 ? undefined : parts.join(' UNION ALL ');
}

/**
 * What the search found: for each word the one column that it is a value of, or in whose values it stands. Nothing for a
 * word that stands in several columns in the same way, since nobody can tell which is meant.
 */
export function readFound(grid: Grid | undefined, schema: Schema): FoundValue[] {
  const at = (name: string) => grid?.columns.indexOf(name) ?? -1;
  const rows = (grid?.rows ?? []).map((row) => ({
    word: row[at('word')]!,
    column: columnOf(schema, row[at('in_table')]!, row[at('in_column')]!),
    value: row[at('value')]!,
  }));
  return [...new Set(rows.map(({ word }) => word))].flatMap((word) => {
    const here = rows.filter((row) => row.word === word);
    const whole = here.filter(({ value }) => namesOf(word).includes(value.toLowerCase()));
    const columns = [...new Set((whole.length > 0 ? whole : here).map((row) => row.column))];
    const [column, ...others] = columns.length > 1 && whole.length === 0 ? columns.filter(isName) : columns;
    if (!column || others.length > 0) return [];
    return [{ word, column, values: [...new Set(whole.map(({ value }) => value))] }];
  });
}

function columnOf(schema: Schema, table: string, name: string): Column {
  return schema.tables.find((each) => each.name === table)!.columns.find((column) => column.name === name)!;
}

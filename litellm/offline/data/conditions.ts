import { escaped } from './sql.ts';
import type { Filter, Sign } from './query.ts';
import type { Column } from './schema.ts';
import { take, type Text } from './text.ts';

/** Where a word of the question stands in the tables. */
export interface FoundValue {
  word: string;
  column: Column;
  /** The values that are the word; none where it is only a part of values. */
  values: string[];
}

const SIGNS: Record<string, Sign> = { more: '>', atleast: '>=', less: '<', atmost: '<=', exactly: '=' };
const sign = '<(more|atleast|less|atmost|exactly)>';
const number = String.raw`[€$]? ?(\d+(?:\.\d+)?) ?(?:euros?|eur|dollars?|€|\$|%|pieces)?`;

/** Takes what says which rows are meant. */
export function takeConditions(text: Text, found: readonly FoundValue[]): Filter[] {
  const before = [...numbered(text), ...related(text), ...between(text), ...comparisons(text), ...listedValues(text)];
  // "more than 2 cancelled orders": what stood between is taken now.
  return [...before, ...related(text), ...foundValues(text, found)];
}

/** "customer 7" */
function numbered(text: Text): Filter[] {
  const filters: Filter[] = [];
  for (let parts = take(text, ROW); parts; parts = take(text, ROW)) {
    const column = text.schema.tables[Number(parts[0])]!.columns.find(({ name }) => name === 'id')!;
    filters.push({ kind: 'compare', column, sign: '=', number: Number(parts[1]) });
  }
  return filters;
}

const ROW = /<row (\d+) (\d+)>/;

/** "with more than 20 orders" */
function related(text: Text): Filter[] {
  const filters: Filter[] = [];
  const shape = new RegExp(String.raw`(?:with|have|has|had|having|made|placed)? ?${sign} ${number} ?<t(\d+)>`);
  for (let parts = take(text, shape); parts; parts = take(text, shape)) {
    const [word = '', count = '', at = ''] = parts;
    filters.push({ kind: 'related', table: text.tables[Number(at)]!, sign: SIGNS[word]!, number: Number(count) });
  }
  return filters;
}

/** "price between 10 and 30", "between 20 and 26 euros" */
function between(text: Text): Filter[] {
  const range = String.raw`between ${number} and ${number}`;
  const named = take(text, new RegExp(String.raw`(?:with |have |has )?(?:a |the )?<c(\d+)> (?:is |are )?${range}`));
  const bare = named
    ? undefined
    : take(text, new RegExp(String.raw`(?:priced )?${range}(?<=euros?|eur|€|\$|dollars?)`));
  const found = named ?? (bare && [undefined, ...bare]);
  if (!found) return [];
  const [at, from, to] = found;
  const column = at === undefined ? moneyColumn(text) : text.columns[Number(at)]!.find(({ kind }) => kind === 'number');
  if (!column) return unread(text, 'between');
  return [
    { kind: 'compare', column, sign: '>=', number: Number(from) },
    { kind: 'compare', column, sign: '<=', number: Number(to) },
  ];
}

/** Leaves a word that nobody reads, so that there is no answer. */
function unread(text: Text, word: string): [] {
  text.rest += ` ${word} `;
  return [];
}

/** "price less than 10 euros", "more than 150 in stock", "over 50 euros" */
function comparisons(text: Text): Filter[] {
  const filters: Filter[] = [];
  const shapes: [RegExp, (parts: (string | undefined)[]) => [string | undefined, string, string]][] = [
    [
      new RegExp(String.raw`(?:with |have |has )?(?:a |the )?<c(\d+)> (?:of |is |are |was )?${sign} ${number}`),
      ([at, word, count]) => [at, word!, count!],
    ],
    [
      new RegExp(String.raw`(?:with |have |has )?(?:a |the )?<c(\d+)> (?:of|is|are|=) ${number}`),
      ([at, count]) => [at, 'exactly', count!],
    ],
    [
      new RegExp(String.raw`(?:with |have |has )?${sign} ${number} (?:in |of )?<c(\d+)>`),
      ([word, count, at]) => [at, word!, count!],
    ],
    [
      new RegExp(
        String.raw`(?:for |at |that are )?${sign} (?:[€$] ?(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?) ?(?:euros?|eur|€|dollars?))(?= |$)`,
      ),
      ([word, first, second]) => [undefined, word!, (first ?? second)!],
    ],
  ];
  for (const [shape, read] of shapes) {
    const before = text.rest;
    const parts = take(text, shape);
    if (!parts) continue;
    const [at, word, count] = read(parts);
    const column =
      at === undefined ? moneyColumn(text) : text.columns[Number(at)]!.find(({ kind }) => kind === 'number');
    if (column) filters.push({ kind: 'compare', column, sign: SIGNS[word]!, number: Number(count) });
    else text.rest = before;
  }
  return filters;
}

/** The only column that says what a thing costs. */
function moneyColumn(text: Text): Column | undefined {
  const priced = text.columns
    .flat()
    .filter(({ kind, name }) => kind === 'number' && /^(?:price|cost|amount)$/.test(name));
  return priced.length === 1 ? priced[0] : undefined;
}

/** "cancelled", where a CHECK lists what a column may hold. */
function listedValues(text: Text): Filter[] {
  return text.columns.flat().flatMap((column): Filter[] => {
    const plain = column.values.filter((value) => !isAlsoADate(text, value, column));
    const not = plain.filter((value) => takeNot(text, value.toLowerCase()));
    const values = plain.filter((value) => takeWord(text, value.toLowerCase()));
    return [
      ...(not.length === 0 ? [] : [{ kind: 'value' as const, column, values: not, isNot: true }]),
      ...(values.length === 0 ? [] : [{ kind: 'value' as const, column, values }]),
    ];
  });
}

/** "shipped" may be a status, or say that there is a date of shipping; only with the column's name it is clear. */
function isAlsoADate(text: Text, value: string, { table, name }: Column): boolean {
  const dates = text.columns.flat().filter((column) => column.kind === 'date' && column.table === table);
  const isNamed = text.columns.some(([first], at) => first?.name === name && text.rest.includes(`<c${at}>`));
  return !isNamed && dates.some((column) => column.name.startsWith(`${value.toLowerCase()}_`));
}

function foundValues(text: Text, found: readonly FoundValue[]): Filter[] {
  const whole = new Map<Column, string[]>();
  const not = new Map<Column, string[]>();
  const parts: Filter[] = [];
  for (const { word, column, values } of found) {
    const isNot = values.length > 0 && takeNegated(text, word, found);
    if (!isNot && !takeWord(text, word)) continue;
    if (values.length === 0) parts.push({ kind: 'word', column, word });
    else (isNot ? not : whole).set(column, [...((isNot ? not : whole).get(column) ?? []), ...values]);
  }
  return [
    ...[...not].map(([column, values]): Filter => ({ kind: 'value', column, values, isNot: true })),
    ...[...whole].map(([column, values]): Filter => ({ kind: 'value', column, values })),
    ...parts,
  ];
}

const NOT =
  '(?:not|no|without|except|excluding|outside|other than)(?: (?:for|of|from|in|the|any|live|living|located|based|come|coming|buy|bought|order|ordered|contain|containing|a))*';

/** "not in Germany", "no coffee", and each value that is tied to such a one: "not from Germany or France". */
function takeNegated(text: Text, word: string, found: readonly FoundValue[]): boolean {
  const first = new RegExp(String.raw`(?<![\p{L}<])${NOT} ${escaped(word)}(?![\p{L}\p{N}>])`, 'u');
  const at = first.exec(text.rest);
  if (!at) return false;
  const rest = text.rest.slice(at.index + at[0].length);
  const others = found.filter(({ values }) => values.length > 0).map((each) => escaped(each.word));
  const next = new RegExp(
    String.raw`^ (?:or|and|nor) (?:in |from |the )*(${others.join('|')})(?![\p{L}\p{N}>])`,
    'u',
  ).exec(rest);
  take(text, first);
  // The next is said to be not so as well.
  if (next) text.rest = text.rest.replace(next[0], ` not ${next[1]}`);
  return true;
}

function takeNot(text: Text, word: string): boolean {
  return (
    take(text, new RegExp(String.raw`(?<!\p{L})not (?:yet |been )*${escaped(word)}(?: yet)?(?![\p{L}>])`, 'u')) !==
    undefined
  );
}

function takeWord(text: Text, word: string): boolean {
  const negated = String.raw`(?<!\b(?:not|never|non|except|without|un) )`;
  return (
    take(text, new RegExp(String.raw`${negated}(?<![\p{L}\p{N}<])${escaped(word)}(?![\p{L}\p{N}>])`, 'u')) !== undefined
  );
}

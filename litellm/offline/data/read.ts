import { takeConditions, type FoundValue } from './conditions.ts';
import type { DataQuery, Filter, Group, Measure, Order, Select } from './query.ts';
import { formsOf } from './nouns.ts';
import { isName, pathBetween, shortName, tableOf, type Column, type Schema } from './schema.ts';
import { dateColumn, happened, spanColumn } from './dates.ts';
import { scoped, type Counted } from './scope.ts';
import { takeAsked, type Asked } from './select.ts';
import { openText, take, type Text } from './text.ts';

/** How a question about rows was understood. */
export interface Reading {
  /** Missing when it was not understood. */
  query?: DataQuery;
  /** Words that no rule used. Each may be a value of some row; with one that is none, there is no answer. */
  unknown: string[];
  /** Whether the question names a table, a column or a measure. */
  isAboutRows: boolean;
}

/** Words that change nothing about what is asked for. */
const NEUTRAL = new Set(
  `a an the of in on at to for from by with and is are was were be been do does did done has have had having i you we our us my me it its their they them
   this that these those there here what which who whom whose where please show list find get display tell give any all some so now then as than
   shop store data database rows row entries records one ones currently`.split(/\s+/),
);

/** Words that only tie rows to what a condition says. Without a condition of their kind they are unknown. */
const TIES: { words: Set<string>; holds: (query: DataQuery) => boolean }[] = [
  {
    words: new Set('live lives living located based come comes coming reside resides'.split(' ')),
    holds: ({ filters, group, select }) =>
      filters.some((filter) => filter.kind === 'value' && filter.column.kind === 'text') ||
      group?.kind === 'column' ||
      select.kind === 'distinct',
  },
  {
    words: new Set('place placed made make received came come got get happened took created'.split(' ')),
    holds: ({ filters, group, select }) =>
      filters.some((filter) => filter.kind !== 'compare' && (filter.kind !== 'related' || filter.within)) ||
      filters.some((filter) => filter.kind === 'compare' && filter.column.name === 'id') ||
      select.kind === 'edge' ||
      group?.kind === 'unit',
  },
  {
    words: new Set(['sell', 'sells', 'sold', 'offer', 'stock']),
    holds: ({ table }) => /product|article|item/.test(table),
  },
  {
    words: new Set('bought buy buys ordered order purchased containing contain contains both'.split(' ')),
    holds: ({ filters, table }) =>
      filters
        .flatMap((filter) => (filter.kind === 'related' ? (filter.within ?? []) : [filter]))
        .some((filter) => (filter.kind === 'value' || filter.kind === 'word') && filter.column.table !== table),
  },
  {
    words: new Set(['called', 'named']),
    holds: ({ filters }) => filters.some((filter) => filter.kind !== 'related' && isName(filter.column)),
  },
  {
    words: new Set(['or']),
    holds: ({ filters }) => filters.some((filter) => filter.kind === 'value' && filter.values.length > 1),
  },
];

export interface ReadOptions {
  /** Words of the question that are values of rows. */
  found?: readonly FoundValue[];
  /** The query that this one goes on from: what it does not say anew stays. */
  before?: DataQuery;
  today?: Date;
}

export function readData(question: string, schema: Schema, { found = [], before, today }: ReadOptions = {}): Reading {
  const text = openText(question, schema, today);
  const namesRows = /<[tc]\d+>|<most|revenue|turnover|pieces/.test(text.rest);
  const filters = takeConditions(text, found);
  const asked = takeAsked(text);
  const table = tableFor(text, asked, filters) ?? (before ? undefined : onlyTable(filters));
  const own =
    table === undefined && before === undefined
      ? undefined
      : queryFor(text, asked, { table: table ?? before!.table, given: filters, before });
  const query = own && before ? goOn(before, own, asked) : own;
  if (query) takeLinks(text, query);
  if (query && query.select.kind !== 'rows') take(text, /(?:in total|altogether|overall|in all)/);
  const words = text.rest.match(/<[^>]+>|[\p{L}\p{N}][\p{L}\p{N}'’.-]*/gu) ?? [];
  const tied = new Set(TIES.flatMap(({ words: ties, holds }) => (query && holds(query) ? [...ties] : [])));
  const unknown = words
    .filter((word) => !NEUTRAL.has(word) && !tied.has(word))
    .map((word) => nameOfMark(text, word, question.toLowerCase()));
  // "Who joined last?" names nothing, and yet all of it is understood.
  const isAboutRows = namesRows || (query !== undefined && unknown.length === 0);
  return { unknown, isAboutRows, ...(query && { query }) };
}

/** An earlier query with what a short question says anew. */
function goOn(before: DataQuery, next: DataQuery, asked: Asked): DataQuery {
  if (next.table !== before.table) return next;
  const replaced = (filter: Filter) =>
    filter.kind !== 'related' && next.filters.some((each) => each.kind !== 'related' && each.column === filter.column);
  const filters = [...before.filters.filter((filter) => !replaced(filter)), ...next.filters];
  if (next.order) return { ...before, order: next.order, filters };
  // "And by year?" after a sum asks for sums.
  if (next.group && next.select.kind === 'count' && before.select.kind === 'aggregate')
    return { ...before, group: next.group, filters };
  return asked.kind === 'rows' && !next.group ? { ...before, filters } : { ...next, filters };
}

/** Words that say how others are meant, and are the value of no row by themselves. */
const SMALL = new Set(
  'not no never nothing without except but and or nor neither both more less most fewest than only also how many much which what who when'.split(
    ' ',
  ),
);

/** The words that may be values: neighbours together first, then each alone. */
export function candidates({ unknown: all }: Reading, question: string): string[] {
  const unknown = all.filter((word) => !SMALL.has(word));
  const plain = question.toLowerCase();
  const phrases = unknown.flatMap((_, from) =>
    [3, 2].flatMap((count) => {
      const phrase = unknown.slice(from, from + count);
      const joined = phrase.join(' ');
      return phrase.length === count && plain.includes(joined) ? [joined] : [];
    }),
  );
  return [...new Set([...phrases, ...unknown])].slice(0, 8);
}

/** The table whose rows a question is about. */
function tableFor(text: Text, asked: Asked, filters: readonly Filter[]): string | undefined {
  const { schema } = text;
  if (asked.table !== undefined) return asked.table;
  // A measure of one column, as in "revenue by month", may be all that a view has.
  const wanted = [asked.columns, asked.group?.columns, asked.order?.columns].filter((columns) => columns !== undefined);
  const having = schema.tables.filter(({ name }) =>
    wanted.every((columns) => columns.some(({ table }) => table === name)),
  );
  const named = /<t(\d+)>/.exec(text.rest)?.[1];
  if (named !== undefined) return text.tables[Number(named)];
  if (/(?<!\p{L})who(?!\p{L})/u.test(text.rest)) return schema.tables.find(isOfPeople)?.name;
  if (asked.measure !== undefined) return lines(schema)?.quantity.table;
  if (wanted.length > 0) {
    const filtered = filters.find((filter) => filter.kind === 'value' || filter.kind === 'word');
    const own = filtered && having.find(({ name }) => name === filtered.column.table);
    return (own ?? (having.length === 1 ? having[0] : undefined))?.name;
  }
  const bare = /<c(\d+)>/.exec(text.rest)?.[1];
  if (bare !== undefined) {
    const columns = text.columns[Number(bare)]!;
    const filtered = filters.flatMap((filter) => (filter.kind === 'related' ? [] : [filter.column.table]));
    const own =
      columns.find(({ table }) => filtered.includes(table)) ?? (columns.length === 1 ? columns[0] : undefined);
    return own?.table;
  }
  const [only, ...others] = new Set(
    filters.flatMap((filter) => (filter.kind === 'related' ? [] : [filter.column.table])),
  );
  return others.length === 0 && asked.order !== undefined ? only : undefined;
}

/** "Which tea is sold out?" names no table; all that it says is about the rows of one. */
function onlyTable(filters: readonly Filter[]): string | undefined {
  const [only, ...others] = new Set(
    filters.map((filter) => (filter.kind === 'related' ? filter.table : filter.column.table)),
  );
  const isOwn = filters.some(({ kind }) => kind === 'value' || kind === 'word');
  return others.length === 0 && isOwn ? only : undefined;
}

/** A table of people: its rows have a name and an address. */
function isOfPeople({ columns }: { columns: Column[] }): boolean {
  return columns.some((column) => isName(column)) && columns.some(({ name }) => /^e_?mail/.test(name));
}

/** The columns of the table of lines that say how many pieces at what price. */
function lines(schema: Schema): { quantity: Column; price: Column } | undefined {
  for (const { columns } of schema.tables) {
    const quantity = columns.find(({ name, kind }) => kind === 'number' && /^(?:quantity|qty|pieces)$/.test(name));
    const price = columns.find(({ name, kind }) => kind === 'number' && name.endsWith('price'));
    if (quantity && price) return { quantity, price };
  }
  return undefined;
}

interface About {
  table: string;
  given: readonly Filter[];
  before: DataQuery | undefined;
}

function queryFor(text: Text, asked: Asked, { table, given, before }: About): DataQuery | undefined {
  const { schema } = text;
  const own = (columns: readonly Column[] | undefined) => {
    const here = columns?.find((column) => column.table === table);
    return here ?? columns?.find((column) => pathBetween(schema, table, column.table) !== undefined);
  };
  const all = [...given];
  const reachable = (name: string) => pathBetween(schema, table, name) !== undefined;
  if (!all.every((filter) => reachable(filter.kind === 'related' ? filter.table : filter.column.table)))
    return undefined;
  // "Orders over 100 euros" are not those with a product of such a price.
  const isOfUnnamed = (filter: Filter) =>
    filter.kind === 'compare' && filter.column.table !== table && !text.named.has(filter.column.table);
  if (all.some(isOfUnnamed)) return undefined;
  // "new customers" are no customers with an order whose status is new.
  const isOfOthers = (filter: Filter) =>
    filter.kind === 'value' && filter.column.values.length > 0 && filter.column.table !== table;
  if (all.some((filter) => isOfOthers(filter) && filter.kind === 'value' && !text.named.has(filter.column.table)))
    return undefined;
  const counted = countedBy(asked, table, schema) ?? (before && countedBefore(before, table));
  if (text.span) {
    const related = all.find((filter) => filter.kind === 'related');
    const column = spanColumn(text, table, counted?.table ?? related?.table ?? happened(schema, table, all));
    if (!column) return undefined;
    all.push({ kind: 'span', column, span: text.span });
  }
  // What was counted before, of which this says more, is not put together anew.
  if (all.length > 0 && before?.table === table && before.filters.some(({ kind }) => kind === 'related') && text.span)
    return undefined;
  const isAnd = / and /.test(text.rest) && !/ or /.test(text.rest);
  const filters = scoped(schema, table, all, { counted, isAnd });
  if (!filters) return undefined;
  takeStock(text, table, filters);
  const select = selectFor(text, asked, table, own);
  const group = asked.group && groupFor(text, asked.group, table, own);
  const order = asked.order && orderFor(text, asked, table, own);
  if (!select || (asked.group && !group) || (asked.order && !order)) return undefined;
  // "The cheapest in each category" is one row of each group, which no query here gives.
  if (group && order && select.kind !== 'aggregate' && order.by.kind !== 'rows') return undefined;
  // Of two conditions one may say of what the share is.
  if (select.kind === 'share' && filters.length !== 1) return undefined;
  const counts = select.kind === 'count' && group === undefined && order !== undefined;
  return {
    table,
    select: counts ? rowsOf(schema, table) : select,
    filters,
    ...(group && { group }),
    ...(order && { order }),
    ...(asked.limit !== undefined && { limit: asked.limit }),
  };
}

/** "products in stock" are those of which there is something. */
function takeStock(text: Text, table: string, filters: Filter[]): void {
  for (const [at, columns] of text.columns.entries()) {
    const column = columns.find((each) => each.table === table && each.kind === 'number');
    const isStock = column && /^(?:stock|inventory)$/.test(column.name);
    if (isStock && take(text, new RegExp(`(?:still |currently )?in <c${at}>`)))
      filters.push({ kind: 'compare', column, sign: '>', number: 0 });
  }
}

/** The rows of another table by which the rows are put in order. */
function countedBy({ order, group, measure }: Asked, table: string, schema: Schema): Counted | undefined {
  if (!order || group || measure) return undefined;
  const isMoney = order.by === 'column' && isRevenue(order.columns);
  if (order.by === 'value' || order.by === 'pieces' || isMoney) {
    const at = lines(schema)?.quantity.table;
    return at === undefined || at === table ? undefined : { table: at, isSummed: true };
  }
  if (order.by === 'related' && order.table !== undefined && order.table !== table)
    return { table: order.table, isSummed: false };
  return undefined;
}

/** What an earlier question put in order, of which a short one says more. */
function countedBefore({ order, group, table: of }: DataQuery, table: string): Counted | undefined {
  if (of !== table || group || !order || order.by.kind === 'rows') return undefined;
  const { by } = order;
  const at = by.kind === 'count' ? by.table : by.kind === 'value' ? by.quantity.table : by.column.table;
  return at === table ? undefined : { table: at, isSummed: by.kind !== 'count' };
}

function isRevenue(columns: readonly Column[] | undefined): boolean {
  return /^(?:revenue|turnover|sales)$/.test(columns?.[0]?.name ?? '');
}

type Own = (columns: readonly Column[] | undefined) => Column | undefined;

function selectFor(text: Text, asked: Asked, table: string, own: Own): Select | undefined {
  const { schema } = text;
  const column = own(asked.columns);
  switch (asked.kind) {
    case 'count':
    case 'share':
      return { kind: asked.kind };
    case 'avg':
    case 'sum': {
      const measure =
        asked.measure === undefined
          ? column && ({ kind: 'column', column } as const)
          : measureFor(schema, asked.measure);
      return measure && (measure.kind !== 'column' || measure.column.kind === 'number')
        ? { kind: 'aggregate', how: asked.kind, measure }
        : undefined;
    }
    case 'distinct':
      if (!column) return undefined;
      // "Which month had the highest revenue" asks for one of them, not for all.
      if (asked.order) return column.table === table && !asked.isCounted ? rowsOf(schema, table) : undefined;
      // "How many … in stock" asks for the number that stands there.
      if (column.kind === 'number') return { kind: 'rows', columns: [...rowsOf(schema, column.table).columns, column] };
      return { kind: 'distinct', column, isCounted: asked.isCounted ?? false };
    case 'when': {
      const date = dateColumn(text, table);
      return date && asked.order
        ? { kind: 'edge', column: date, end: asked.order.isDescending ? 'max' : 'min' }
        : undefined;
    }
    case 'rows': {
      const named = takeColumns(text, table);
      const revenue = named.find((each) => isRevenue([each]));
      if (revenue && text.span && !asked.order && tableOf(schema, table).isView)
        return { kind: 'aggregate', how: 'sum', measure: { kind: 'column', column: revenue } };
      return { kind: 'rows', columns: [...new Set([...rowsOf(schema, table).columns, ...named])] };
    }
  }
}

function measureFor(schema: Schema, measure: 'value' | 'pieces'): Measure | undefined {
  const found = lines(schema);
  if (!found) return undefined;
  return measure === 'value' ? { kind: 'value', ...found } : { kind: 'column', column: found.quantity };
}

/** The columns that the question still names: they are shown. */
function takeColumns(text: Text, table: string): Column[] {
  const taken: Column[] = [];
  for (let parts = take(text, /<c(\d+)>/); parts; parts = take(text, /<c(\d+)>/)) {
    const column = text.columns[Number(parts[0])]!.find((each) => each.table === table);
    if (column) taken.push(column);
    else text.rest += ` ${text.columns[Number(parts[0])]![0]!.name} `;
  }
  return taken;
}

/** What tells a person which row it is: its name with its key, or all its columns when there are few. */
function rowsOf(schema: Schema, table: string): { kind: 'rows'; columns: Column[] } {
  const { columns } = tableOf(schema, table);
  return { kind: 'rows', columns: columns.slice(0, 6) };
}

function groupFor(text: Text, group: NonNullable<Asked['group']>, table: string, own: Own): Group | undefined {
  const column = own(group.columns);
  if (column && column.table === table) return { kind: 'column', column };
  const date = group.unit === undefined ? undefined : dateColumn(text, table);
  if (date) return { kind: 'unit', unit: group.unit!, column: date };
  return column && { kind: 'column', column };
}

function orderFor(text: Text, asked: Asked, table: string, own: Own): Order | undefined {
  const { by, columns, table: other, isDescending, limit, skip } = asked.order!;
  const { schema } = text;
  const rest = { isDescending, limit, ...(skip !== undefined && { skip }) };
  if (by === 'newest') {
    const column = dateColumn(text, table);
    return column && { by: { kind: 'column', column }, ...rest };
  }
  if (by === 'column') {
    const column = own(columns);
    if (column) return { by: { kind: 'column', column }, ...rest };
    return isRevenue(columns) ? orderBy(text, 'value', table, rest) : undefined;
  }
  if (by === 'related') {
    if (other === table) return asked.group && { by: { kind: 'rows' }, ...rest };
    return other !== undefined && pathBetween(schema, table, other)
      ? { by: { kind: 'count', table: other }, ...rest }
      : undefined;
  }
  return orderBy(text, by, table, rest);
}

function orderBy({ schema }: Text, by: 'value' | 'pieces', table: string, rest: Omit<Order, 'by'>): Order | undefined {
  const measure = measureFor(schema, by);
  const at = lines(schema)?.quantity.table;
  return measure && at !== undefined && pathBetween(schema, table, at) ? { by: measure, ...rest } : undefined;
}

/** Other tables that the question names only to say whose rows: "orders placed by customers from Paris". */
function takeLinks(text: Text, query: DataQuery): void {
  for (const [at, name] of text.tables.entries()) {
    const conditioned = query.filters.some((filter) => filter.kind !== 'related' && filter.column.table === name);
    const isOwn = name === query.table;
    const isGroup = query.group?.column.table === name;
    if (isOwn || conditioned || isGroup || (query.select.kind === 'distinct' && query.select.column.table === name)) {
      while (take(text, new RegExp(`<t${at}>`))) continue;
    }
  }
}

/** The word of the question that stands behind a mark. */
function nameOfMark(text: Text, word: string, question: string): string {
  const [, kind, at] = /^<([tc])(\d+)>$/.exec(word) ?? [];
  if (kind === undefined) return word.replaceAll(/[<>]/g, '');
  const name = kind === 't' ? shortName(text.tables[Number(at)]!) : text.columns[Number(at)]![0]!.name;
  return [...formsOf(name).toReversed(), name.split('_')[0]!].find((form) => question.includes(form)) ?? name;
}

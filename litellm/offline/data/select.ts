import type { Column } from './schema.ts';
import { take, type Text } from './text.ts';

/** What a question asks for, before it is clear which table it is about. */
export interface Asked {
  kind: 'count' | 'share' | 'avg' | 'sum' | 'distinct' | 'when' | 'rows';
  table?: string | undefined;
  /** The columns of one name, from which the table's own is taken. */
  columns?: Column[] | undefined;
  measure?: 'value' | 'pieces' | undefined;
  isCounted?: boolean;
  order?:
    | {
        by: 'newest' | 'value' | 'pieces' | 'column' | 'related';
        columns?: Column[];
        table?: string;
        isDescending: boolean;
        limit: number;
        /** How many come before the one that is meant. */
        skip?: number;
      }
    | undefined;
  group?: { columns?: Column[]; unit?: string } | undefined;
  limit?: number | undefined;
}

const T = String.raw`<t(\d+)>`;
const C = String.raw`<c(\d+)>`;
const gap = String.raw`(?: [\p{L},]+){0,6}?`;
const shape = (source: string) => new RegExp(source, 'u');

/** Takes what is asked for out of the text. */
export function takeAsked(text: Text): Asked {
  const asked: Asked = { kind: 'rows' };
  const skip = takeOrdinal(text);
  takeGroupWithMost(text, asked);
  takeGroupWithMoney(text, asked);
  takeGroupWithAverage(text, asked);
  takeUnitWithMost(text, asked);
  takeOrder(text, asked);
  if (skip !== undefined) {
    if (asked.order && asked.order.limit === 1 && !asked.group) asked.order.skip = skip;
    else text.rest += ` ${ORDINALS[skip]} `;
  }
  takeGroup(text, asked);
  takeKind(text, asked);
  return asked;
}

const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth'];

/** "the second most expensive" */
function takeOrdinal(text: Text): number | undefined {
  const found = take(
    text,
    shape(String.raw`(second|third|fourth|fifth|2nd|3rd|4th|5th) (?=<(?:highest|lowest|most|newest|oldest))`),
  );
  const word = found?.[0];
  if (word === undefined) return undefined;
  return /^\d/.test(word) ? Number(word[0]) - 1 : ORDINALS.indexOf(word);
}

/** "which category brings in the most money", "top 5 cities by spending" */
function takeGroupWithMoney(text: Text, asked: Asked): void {
  if (asked.order) return;
  const money = String.raw`(?:total )?(?:money|sales|spending|turnover|${C})`;
  const verb = '(?:brings?(?: in)?|brought(?: in)?|makes?|made|earns?|generates?|spends?|spent|has|had)';
  const before = text.rest;
  const most = take(
    text,
    shape(String.raw`(?:which|what) ${C} ${verb} (?:the )?(most|fewest|<highest>|<lowest>) ${money}`),
  );
  const top = most ? undefined : take(text, shape(String.raw`top (\d{1,3}) ${C} by ${money}`));
  const [group, word, limit, named] = most
    ? [most[0], most[1]!, 1, most[2]]
    : [top?.[1], 'most', Number(top?.[0]), top?.[2]];
  if (group === undefined) return;
  const columns = text.columns[Number(group)]!;
  const revenue = named === undefined ? undefined : text.columns[Number(named)]!;
  // A view says what revenue is; what was paid for all orders may be more.
  if (revenue) {
    text.rest = before;
    return;
  }
  const isDescending = /most|highest/.test(word);
  Object.assign(asked, {
    kind: 'sum',
    measure: 'value',
    group: { columns },
    order: { by: 'value', isDescending, limit },
  });
}

/** "which category has the highest average price" */
function takeGroupWithAverage(text: Text, asked: Asked): void {
  if (asked.order) return;
  const found = take(
    text,
    shape(String.raw`(?:which|what) ${C} has (?:the )?<(highest|lowest)> (?:average|mean) ${C}`),
  );
  if (!found) return;
  const columns = text.columns[Number(found[2])]!;
  asked.kind = 'avg';
  asked.columns = columns;
  asked.group = { columns: text.columns[Number(found[0])]! };
  asked.order = { by: 'column', columns, isDescending: found[1] === 'highest', limit: 1 };
}

/** "on which weekday do we get the most orders" */
function takeUnitWithMost(text: Text, asked: Asked): void {
  if (asked.order) return;
  const unit = '(day of the week|weekday|day|week|year)';
  const found = take(
    text,
    shape(String.raw`(?:(?:in|on) )?(?:which|what) ${unit}${gap} (most|fewest)(?: of)?(?: our| the)? ${T}`),
  );
  if (!found) return;
  const [name = '', word, at] = found;
  const table = text.tables[Number(at)]!;
  asked.kind = 'count';
  asked.table = table;
  asked.group = { unit: /week/.test(name) && name !== 'week' ? 'weekday' : name };
  asked.order = { by: 'related', table, isDescending: word === 'most', limit: 1 };
}

/** "which city has the most customers", "in which city do most of our customers live", "top 3 cities by number of customers" */
function takeGroupWithMost(text: Text, asked: Asked): void {
  const most = take(
    text,
    shape(String.raw`(?:in )?(?:which|what) ${C}${gap} (most|fewest)(?: of)?(?: our| the)? ${T}`),
  );
  const top = most
    ? undefined
    : take(text, shape(String.raw`top (\d{1,3}) ${C} by (?:the )?(?:number of )?(?:our )?${T}`));
  const [at, word, limit, table] = most
    ? [most[0], most[1], 1, most[2]]
    : [top?.[1], 'most', Number(top?.[0]), top?.[2]];
  if (table === undefined) return;
  const name = text.tables[Number(table)]!;
  asked.group = { columns: text.columns[Number(at)]! };
  asked.order = { by: 'related', table: name, isDescending: word === 'most', limit };
  asked.table = name;
  asked.kind = 'count';
}

function takeGroup(text: Text, asked: Asked): void {
  if (asked.group) return;
  const columns = (at: string | undefined) => text.columns[Number(at)];
  const unit =
    take(text, /(?:by|each|every) (day|week|month|quarter|year)(?![\p{L}])/u) ??
    take(text, /(?<![\p{L}])(daily|weekly|monthly|yearly)(?![\p{L}])/u);
  if (unit)
    asked.group = { unit: { daily: 'day', weekly: 'week', monthly: 'month', yearly: 'year' }[unit[0]!] ?? unit[0]! };
  const by = unit ? undefined : take(text, shape(String.raw`(?:by|each|every) ${C}`));
  if (by) {
    const chosen = columns(by[0])!;
    const isMonth = /^(?:day|week|month|quarter|year)$/.exec(chosen[0]!.name)?.[0];
    asked.group = { columns: chosen, ...(isMonth !== undefined && { unit: isMonth }) };
  }
}

function takeOrder(text: Text, asked: Asked): void {
  if (asked.order) return;
  const columns = (at: string | undefined) => text.columns[Number(at)]!;
  const table = (at: string | undefined) => text.tables[Number(at)]!;
  // "top 5", "three best", "top": how many, in an order that something else names
  const top = take(text, /(?<= )(?:top|best) (\d{1,3})(?= )|(?<= )(\d{1,3}) (?:top|best)(?= )|(?<= )top(?= )/);
  const limit = top === undefined ? undefined : Number(top[0] ?? top[1] ?? 5);
  const lead = String.raw`(?:(\d{1,3}) )?`;
  const most = take(text, shape(String.raw`(?:with|has|have|had|made|placed|got)? ?(most|fewest) ${T}`));
  if (most) {
    asked.order = { by: 'related', table: table(most[1]), isDescending: most[0] === 'most', limit: limit ?? 1 };
    return;
  }
  const sold = take(text, shape(String.raw`${lead}<most (value|pieces)>`));
  if (sold) {
    asked.order = {
      by: sold[1] === 'pieces' ? 'pieces' : 'value',
      isDescending: true,
      limit: limit ?? Number(sold[0] ?? 1),
    };
    return;
  }
  const edge = take(text, shape(String.raw`${lead}<(highest|lowest)> ${C}`));
  if (edge) {
    asked.order = {
      by: 'column',
      columns: columns(edge[2]),
      isDescending: edge[1] === 'highest',
      limit: limit ?? Number(edge[0] ?? 1),
    };
    return;
  }
  const dated = take(text, shape(String.raw`${lead}<(newest|oldest)>(?: (\d{1,3})(?= ))?`));
  if (dated) {
    asked.order = {
      by: 'newest',
      isDescending: dated[1] === 'newest',
      limit: limit ?? Number(dated[0] ?? dated[2] ?? 1),
    };
    return;
  }
  if (limit === undefined) return;
  const byCount = take(text, shape(String.raw`by (?:the )?(?:(?:number|count|amount) of )?(?:their )?${T}`));
  const byMoney = byCount
    ? undefined
    : take(text, /by (?:total |their )?(?:spending|revenue|sales|turnover|money spent|value)/);
  const byColumn = byCount || byMoney ? undefined : take(text, shape(`by ${C}`));
  if (byCount) asked.order = { by: 'related', table: table(byCount[0]), isDescending: true, limit };
  else if (byMoney) asked.order = { by: 'value', isDescending: true, limit };
  else if (byColumn) asked.order = { by: 'column', columns: columns(byColumn[0]), isDescending: true, limit };
  // A top of what nobody can tell.
  else text.rest += ' top ';
}

function takeKind(text: Text, asked: Asked): void {
  const table = (at: string | undefined) => text.tables[Number(at)];
  const columns = (at: string | undefined) => text.columns[Number(at)]!;
  const share = take(text, shape(String.raw`<share> of (?:all |the |our |all the )*${T}`));
  if (share) return void Object.assign(asked, { kind: 'share', table: table(share[0]) });
  const average = take(text, shape(String.raw`(?:average|mean) (?:${T} (?:value|size)|${C})(?: on average)?`));
  if (average) {
    if (average[0] !== undefined)
      return void Object.assign(asked, { kind: 'avg', table: table(average[0]), measure: 'value' });
    return void Object.assign(asked, { kind: 'avg', columns: columns(average[1]) });
  }
  const sum = take(text, shape(String.raw`(?:(?:the )?(?:total|sum)(?: of)?(?: the| all)? ${C}|${C} in total)`));
  if (sum) return void Object.assign(asked, { kind: 'sum', columns: columns(sum[0] ?? sum[1]) });
  const pieces = take(
    text,
    /how many (?:pieces|units)(?: of)?((?: [\p{L}\d ,]+?)??)(?: (?:were|was|have been|did we|have we))? (?:sold|sell)(?= |$)/u,
  );
  if (pieces) {
    text.rest = `${text.rest} ${pieces[0] ?? ''}`;
    return void Object.assign(asked, { kind: 'sum', measure: 'pieces' });
  }
  const when = take(text, /when (?:was|were|is|did|does)(?: the)?/);
  if (when) {
    const end = take(text, /(?<= )(first|last)(?= )/);
    if (end) asked.order = { by: 'newest', isDescending: end[0] === 'last', limit: 1 };
    return void Object.assign(asked, { kind: 'when' });
  }
  const money = take(text, /(?:total )?(?:revenue|turnover)(?: did we make| made)?/);
  if (money) return void Object.assign(asked, { kind: 'sum', measure: 'value' });
  const distinct = take(text, shape(String.raw`(how many|number of|which|what) (?:different |distinct |unique )?${C}`));
  if (distinct) {
    const isCounted = /^(?:how|number)/.test(distinct[0]!);
    return void Object.assign(asked, { kind: 'distinct', columns: columns(distinct[1]), isCounted });
  }
  const counted = take(
    text,
    shape(String.raw`(?:how many|(?:total )?(?:number|amount) of|count|total)(?: all)?(?: of)?(?: the| our)? ${T}`),
  );
  if (counted) return void Object.assign(asked, { kind: 'count', table: table(counted[0]) });
  if (take(text, /how many|number of|count/)) {
    // "how many … in stock" asks for the number that stands there
    const standing = take(text, shape(String.raw`(?:in )?${C}`));
    return void Object.assign(
      asked,
      standing ? { kind: 'distinct', columns: columns(standing[0]), isCounted: true } : { kind: 'count' },
    );
  }
  const latest = asked.order ? undefined : take(text, shape(String.raw`(?:the )?(last|first)(?: (\d{1,3}))? (?=${T})`));
  if (latest) {
    const isDescending = latest[0] === 'last';
    if (isDescending) asked.order = { by: 'newest', isDescending, limit: Number(latest[1] ?? 1) };
    else if (latest[1] === undefined) asked.order = { by: 'newest', isDescending, limit: 1 };
    else asked.limit = Number(latest[1]);
  }
  if (!asked.group || asked.order) return;
  const summed = text.columns.findIndex((each, at) => each[0]!.kind === 'number' && text.rest.includes(`<c${at}>`));
  if (summed < 0) asked.kind = 'count';
  else {
    take(text, new RegExp(`<c${summed}>`));
    Object.assign(asked, { kind: 'sum', columns: columns(String(summed)) });
  }
}

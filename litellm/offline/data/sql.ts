import type { DataQuery, Filter, Group, Measure } from './query.ts';
import { pathBetween, shortName, tableOf, type Column, type Reference, type Schema } from './schema.ts';

export function quoteName(name: string): string {
  return name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
}

/** A word as a regular expression that fits just it, in JavaScript and in PostgreSQL. */
export function escaped(word: string): string {
  return word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The statement that answers a query. */
export function sqlOf(query: DataQuery, schema: Schema): string {
  const sql = new Statement(query.table, schema);
  const { select, group, order, limit } = query;
  // What is summed up over rows of others counts those rows alone that fit.
  const isSummed = order !== undefined && !group && order.by.kind !== 'rows' && !isOwnColumn(order.by, query.table);
  const wheres = query.filters.map((filter) => (isSummed ? sql.onJoined(filter) : sql.condition(filter)));
  const where = wheres.length === 0 ? '' : ` WHERE ${wheres.join(' AND ')}`;
  if (select.kind === 'share') {
    return `SELECT round(100.0 * count(*) FILTER (WHERE ${wheres.join(' AND ')}) / nullif(count(*), 0), 1) AS percent, count(*) FILTER (WHERE ${wheres.join(' AND ')}) AS of_these, count(*) AS of_all FROM ${sql.from()}`;
  }
  if (group) {
    const by = sql.group(group);
    const what = select.kind === 'aggregate' ? sql.each(select.measure, select.how) : sql.count();
    const name = select.kind === 'aggregate' ? nameOf(select.measure, select.how) : 'count';
    const sorted = order
      ? `2 ${order.isDescending ? 'DESC' : 'ASC'} FETCH FIRST ${order.limit} ROWS WITH TIES`
      : group.kind === 'unit'
        ? '1'
        : '2 DESC, 1';
    return `SELECT ${by} AS ${quoteName(groupName(group))}, ${what} AS ${quoteName(name)} FROM ${sql.from()}${where} GROUP BY 1 ORDER BY ${sorted}`;
  }
  switch (select.kind) {
    case 'count':
      return `SELECT ${sql.count()} AS count FROM ${sql.from()}${where}`;
    case 'distinct': {
      const column = sql.column(select.column);
      if (select.isCounted) return `SELECT count(DISTINCT ${column}) AS count FROM ${sql.from()}${where}`;
      return `SELECT DISTINCT ${column} FROM ${sql.from()}${where} ORDER BY 1`;
    }
    case 'edge':
      return `SELECT ${select.end}(${sql.column(select.column)}) AS ${quoteName(select.column.name)} FROM ${sql.from()}${where}`;
    case 'aggregate':
      if (select.how === 'avg' && select.measure.kind !== 'column') {
        const total = sql.total(select.measure, 'sum');
        const key = sql.key();
        return `SELECT round(avg(total), 2) AS average FROM (SELECT ${total} AS total FROM ${sql.from()}${where} GROUP BY ${key}) AS each`;
      }
      return `SELECT ${sql.total(select.measure, select.how)} AS ${quoteName(nameOf(select.measure, select.how))} FROM ${sql.from()}${where}`;
    case 'rows': {
      const shown = select.columns.map((column) => sql.column(column)).join(', ');
      if (!order)
        return `SELECT ${shown}, count(*) OVER () AS of_all FROM ${sql.from()}${where} ORDER BY ${sql.key()} LIMIT ${limit ?? 25}`;
      const direction = order.isDescending ? 'DESC NULLS LAST' : 'ASC NULLS LAST';
      const skip = order.skip === undefined ? '' : ` OFFSET ${order.skip}`;
      const ties = order.limit === 1 && skip === '' ? 'FETCH FIRST 1 ROWS WITH TIES' : `LIMIT ${order.limit}${skip}`;
      const own = order.by.kind === 'column' && isOwnColumn(order.by, query.table) ? order.by.column : undefined;
      if (own || order.by.kind === 'rows') {
        const by = own ? sql.column(own) : sql.key();
        const isShown = !own || select.columns.includes(own);
        return `SELECT ${shown}${isShown ? '' : `, ${by}`} FROM ${sql.from()}${where} ORDER BY ${by} ${direction}${ties.startsWith('FETCH') ? '' : `, ${sql.key()}`} ${ties}`;
      }
      const total = sql.total(order.by, 'sum');
      return `SELECT ${shown}, ${total} AS ${quoteName(nameOf(order.by, 'sum'))} FROM ${sql.from()}${where} GROUP BY ${[sql.key(), shown].join(', ')} ORDER BY ${total} ${direction} ${ties}`;
    }
  }
}

function isOwnColumn(by: Measure, table: string): boolean {
  return by.kind === 'column' && by.column.table === table;
}

export function nameOf(measure: Measure, how: 'avg' | 'sum'): string {
  if (measure.kind === 'count') return shortName(measure.table);
  if (measure.kind === 'value') return how === 'avg' ? 'average' : 'money';
  return `${how === 'avg' ? 'average' : 'total'}_${measure.column.name}`;
}

function groupName(group: Group): string {
  return group.kind === 'unit' ? group.unit : group.column.name;
}

/** The tables that a statement joins, beginning with the one whose rows it is about. */
class Statement {
  private readonly joined = new Map<string, string>();
  private readonly table: string;
  private readonly schema: Schema;
  /** Whether a join may give a row several times. */
  private repeats = false;

  constructor(table: string, schema: Schema) {
    this.table = table;
    this.schema = schema;
  }

  from(): string {
    return [`${quoteName(this.table)} AS ${alias(this.table)}`, ...this.joined.values()].join(' ');
  }

  column({ table, name }: Column): string {
    this.join(table);
    return `${alias(table)}.${quoteName(name)}`;
  }

  key(): string {
    const { key, columns } = tableOf(this.schema, this.table);
    const names = key.length > 0 ? key : [columns[0]!.name];
    return names.map((name) => `${alias(this.table)}.${quoteName(name)}`).join(', ');
  }

  count(): string {
    return this.repeats ? `count(DISTINCT (${this.key()}))` : 'count(*)';
  }

  total(measure: Measure, how: 'avg' | 'sum'): string {
    if (measure.kind === 'count') {
      this.join(measure.table);
      const [key = ''] = tableOf(this.schema, measure.table).key;
      return `count(DISTINCT ${alias(measure.table)}.${quoteName(key)})`;
    }
    if (measure.kind === 'value') return `sum(${this.column(measure.quantity)} * ${this.column(measure.price)})`;
    const sum = `${how}(${this.column(measure.column)})`;
    return how === 'avg' ? `round(${sum}, 2)` : sum;
  }

  /** A total or an average for each row that the statement is about. */
  each(measure: Measure, how: 'avg' | 'sum'): string {
    const total = this.total(measure, how);
    return how === 'avg' && measure.kind !== 'column' ? `round(${total} / ${this.count()}, 2)` : total;
  }

  group(group: Group): string {
    if (group.kind === 'column') return this.column(group.column);
    if (group.unit === 'weekday') return `to_char(${this.column(group.column)}, 'FMDay')`;
    return `to_char(date_trunc('${group.unit}', ${this.column(group.column)}), '${group.unit === 'year' ? 'YYYY' : group.unit === 'month' ? 'YYYY-MM' : 'YYYY-MM-DD'}')`;
  }

  condition(filter: Filter): string {
    if (filter.kind === 'related') return this.related(filter);
    // Rows that belong to this one are looked at apart, because a join would give this one several times.
    return isUpward(this.schema, this.table, filter.column.table) ? this.onJoined(filter) : this.apart(filter);
  }

  /** The condition in a look of its own at the rows that belong to this one. */
  private apart(filter: Exclude<Filter, { kind: 'related' }>): string {
    const { table } = filter.column;
    const path = pathBetween(this.schema, this.table, table) ?? [];
    const condition = new Statement(table, this.schema).onJoined(filter);
    if (path.length === 0) return condition;
    return `EXISTS (SELECT 1 FROM ${fromFar(this.table, path)} WHERE ${equals(path[0]!)} AND ${condition})`;
  }

  /** The condition for rows that are joined to this one. */
  onJoined(filter: Filter): string {
    if (filter.kind === 'related') return this.related(filter);
    const column = this.column(filter.column);
    switch (filter.kind) {
      case 'value':
        return `${column} ${filter.isNot ? 'NOT IN' : 'IN'} (${filter.values.map(quoteText).join(', ')})`;
      case 'word':
        return `${column} ~* ${quoteText(String.raw`\m${escaped(filter.word)}\M`)}`;
      case 'compare':
        return `${column} ${filter.sign} ${filter.number}`;
      case 'span':
        return [
          filter.span.from === undefined ? '' : `${column} >= ${filter.span.from}`,
          filter.span.to === undefined ? '' : `${column} < ${filter.span.to}`,
        ]
          .filter((part) => part !== '')
          .join(' AND ');
    }
  }

  private related({ table, sign, number, within = [] }: Extract<Filter, { kind: 'related' }>): string {
    const path = pathBetween(this.schema, this.table, table)!;
    const far = new Statement(table, this.schema);
    const fits = within.flatMap((filter) => (filter.kind === 'related' ? [] : [` AND ${far.apart(filter)}`])).join('');
    return `(SELECT count(*) FROM ${fromFar(this.table, path)} WHERE ${equals(path[0]!)}${fits}) ${sign} ${number}`;
  }

  private join(table: string): void {
    if (table === this.table || this.joined.has(table)) return;
    const path = pathBetween(this.schema, this.table, table) ?? [];
    let at = this.table;
    for (const step of path) {
      const next = step.from.table === at ? step.to.table : step.from.table;
      if (step.from.table !== at) this.repeats = true;
      if (!this.joined.has(next)) this.joined.set(next, `JOIN ${quoteName(next)} AS ${alias(next)} ON ${equals(step)}`);
      at = next;
    }
  }
}

/** Whether a row of the one table belongs to one row of the other at most. */
export function isUpward(schema: Schema, from: string, to: string): boolean {
  let at = from;
  return (pathBetween(schema, from, to) ?? []).every((step) => {
    const up = step.from.table === at;
    at = up ? step.to.table : step.from.table;
    return up;
  });
}

/** What a subquery reads: the far table, and those on the way to it from `start`, which itself stays outside. */
function fromFar(start: string, path: readonly Reference[]): string {
  const tables = [start];
  for (const { from, to } of path) tables.push(from.table === tables.at(-1) ? to.table : from.table);
  const joins = path
    .map((step, at) => ` JOIN ${quoteName(tables[at]!)} AS ${alias(tables[at]!)} ON ${equals(step)}`)
    .slice(1)
    .toReversed();
  const far = tables.at(-1)!;
  return `${quoteName(far)} AS ${alias(far)}${joins.join('')}`;
}

function equals({ from, to }: Reference): string {
  return `${alias(from.table)}.${quoteName(from.column)} = ${alias(to.table)}.${quoteName(to.column)}`;
}

function alias(table: string): string {
  return quoteName(`${shortName(table)}_`);
}

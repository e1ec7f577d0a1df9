import type { Column } from './schema.ts';
import type { Span } from './times.ts';

/** What a number is made of. */
export type Measure =
  | { kind: 'column'; column: Column }
  /** Pieces times price, summed over the lines. */
  | { kind: 'value'; quantity: Column; price: Column }
  /** Rows of another table that belong to a row. */
  | { kind: 'count'; table: string };

export type Filter =
  | { kind: 'value'; column: Column; values: string[]; isNot?: boolean }
  /** Values with this word in them. */
  | { kind: 'word'; column: Column; word: string }
  | { kind: 'compare'; column: Column; sign: Sign; number: number }
  | { kind: 'span'; column: Column; span: Span }
  /** Rows that have as many rows of another table as this says; of those that fit `within`, where it is given. */
  | { kind: 'related'; table: string; sign: Sign; number: number; within?: Filter[] };

export type Sign = '>' | '>=' | '<' | '<=' | '=';

export type Select =
  | { kind: 'count' }
  /** How many of a hundred rows fit the filters. */
  | { kind: 'share' }
  | { kind: 'aggregate'; how: 'avg' | 'sum'; measure: Measure }
  | { kind: 'distinct'; column: Column; isCounted: boolean }
  | { kind: 'edge'; column: Column; end: 'min' | 'max' }
  | { kind: 'rows'; columns: Column[] };

export type Group = { kind: 'column'; column: Column } | { kind: 'unit'; unit: string; column: Column };

export interface Order {
  by: Measure | { kind: 'rows' };
  isDescending: boolean;
  limit: number;
  /** How many come before the first that is meant: 1 for "the second most". */
  skip?: number;
}

/** A question about the rows of one table, as it was understood. */
export interface DataQuery {
  table: string;
  select: Select;
  filters: Filter[];
  group?: Group;
  order?: Order;
  /** How many rows at most, where the question says it without an order. */
  limit?: number;
}

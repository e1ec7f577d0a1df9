import type { Uses } from './uses.ts';

/** Runs one of the guard's own statements in the transaction of the judged query. */
export type Lookup = (sql: string, values: unknown[]) => Promise<Record<string, unknown>[]>;

/** What the guard needs to judge a statement. */
export interface Guard {
  lookup: Lookup;
  /** Functions that the operator allows in addition: `name`, `schema.name` or `schema.*`. */
  allowed: ReadonlySet<string>;
  /** What the body of an SQL function may call. @throws Refusal unless every statement of it reads */
  parseBody(sql: string): Promise<Uses[]>;
}

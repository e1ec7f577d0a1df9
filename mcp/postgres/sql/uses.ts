/**
 * What can be said of an expression's type without the catalogue. `any`: it may be of any type that the statement can
 * reach.
 */
export type Shape =
  | { is: 'any' }
  | { is: 'literal'; of: 'unknown' | 'integer' | 'numeric' | 'boolean' | 'bits' }
  /** `of`: the table or alias that is written in front of it. */
  | { is: 'column'; name: string; of: string | undefined }
  | { is: 'type'; type: NameUse; array: boolean }
  /** The result of a call or an operator, by its place in `functions` or `operators`. */
  | { is: 'call' | 'operator'; at: number }
  /** An element of an array, or a field of a row. */
  | { is: 'element'; of: Shape }
  | { is: 'field'; of: Shape; name: string }
  /** PostgreSQL finds a common type for these, among theirs. */
  | { is: 'oneOf'; of: Shape[] };

/** A function as a statement names it, before PostgreSQL has chosen an overload. */
export interface FunctionUse {
  schema: string | undefined;
  name: string;
  /** How many arguments it gets; undefined when the form hides the number (ordered-set aggregates). */
  args: number | undefined;
  /**
   * `field`: written as `t.name`, which PostgreSQL takes for a call of name(t) when t has no such column. `value`:
   * `(x).name`.
   */
  form: 'call' | 'field' | 'value';
  /** The arguments in their order; undefined where names or VARIADIC hide it. */
  shapes?: Shape[] | undefined;
}

export interface NameUse {
  schema: string | undefined;
  name: string;
}

/** A table or view in FROM, with its alias or its own name. */
export interface RelationUse extends NameUse {
  alias: string;
}

/** An operator that a statement writes, or that PostgreSQL looks up by name for what it writes. */
export interface OperatorUse extends NameUse {
  /** Undefined for a prefix operator. */
  left: Shape | undefined;
  right: Shape;
}

/** What a statement could run apart from built-in reading of rows. */
export interface Uses {
  functions: FunctionUse[];
  /** Names that are grammar to the parser. A server whose grammar does not have them takes them for functions. */
  keywords: string[];
  operators: OperatorUse[];
  types: NameUse[];
  /** Casts to a named type, with what is cast. */
  casts: { to: NameUse; from: Shape }[];
  /** Names of TABLESAMPLE methods. */
  samplers: NameUse[];
  /** Tables and views; a name of WITH may be among them. */
  relations: RelationUse[];
  /** What is sorted, grouped or made distinct, so that the functions of its type's operator class run. */
  sorted: Shape[];
  /** What is brought to a common type. */
  mixed: Shape[];
  /** It combines rows of several sources (UNION, VALUES …), so that names do not tell the types of its columns. */
  combined: boolean;
  /** It spreads a value into columns, whose names only the catalogue knows. */
  namesHidden: boolean;
  /** Names of columns that the statement itself makes, with what they may be. */
  outputs: { name: string; shape: Shape }[];
  /** Names of columns that it reads. */
  columns: string[];
  /** Names for sources of rows that are no tables or views: subqueries, functions, names of WITH … */
  sources: string[];
  /** It reads whole rows, so all columns of its tables. */
  wholeRows: boolean;
}

export function noUses(): Uses {
  return {
    functions: [],
    keywords: [],
    operators: [],
    types: [],
    casts: [],
    samplers: [],
    relations: [],
    sorted: [],
    mixed: [],
    combined: false,
    namesHidden: false,
    outputs: [],
    columns: [],
    sources: [],
    wholeRows: false,
  };
}

/** A statement that may not run; the message is for the model. */
export class Refusal extends Error {
  override name = 'Refusal';
}

export const anyShape: Shape = { is: 'any' };
export const boolean: Shape = { is: 'literal', of: 'boolean' };

export function typed(name: string): Shape {
  return { is: 'type', type: { schema: 'pg_catalog', name }, array: false };
}

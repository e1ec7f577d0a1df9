import type { Callee, Knowledge } from './learn.ts';
import { textType, unknownType, type TypeId, type TypeSet } from './type-facts.ts';
import type { FunctionUse, OperatorUse } from './uses.ts';

/** Says whether a parameter may be given a value of some types. */
export interface Taking {
  mayTake(to: TypeId, set: TypeSet): boolean;
}

/** More combinations of types than this are not told apart. */
const maxTuples = 200;

/**
 * The overloads that PostgreSQL may choose for a use, by its rules (manual, "Operator Type Resolution" and "Function
 * Type Resolution"): one that fits exactly, found in pg_catalog first, else any that takes the values.
 * @param given what the arguments may be; undefined when the form hides it
 */
export function choices(
  use: FunctionUse | OperatorUse,
  given: readonly TypeSet[] | undefined,
  callees: readonly Callee[],
  known: Knowledge,
  sets: Taking,
): Callee[] {
  const named = callees.filter((callee) => couldBe(use, callee, given?.length));
  if (given === undefined) return named;
  const tuples = tuplesOf(given);
  const isOperator = 'right' in use;
  const exact = exactly(use, named, known);
  return named.filter((callee) =>
    tuples.some((tuple) => {
      const settled = isOperator ? settle(tuple) : tuple;
      const winner = exact(settled);
      if (winner) return winner === callee;
      return takesAll(callee, tuple, sets) && !loses(callee, tuple, exact, isOperator, known);
    }),
  );
}

type Tuple = readonly (TypeId | 'any')[];

function couldBe(use: FunctionUse | OperatorUse, callee: Callee, count: number | undefined): boolean {
  if (use.name !== callee.name) return false;
  if (use.schema === undefined ? !callee.onPath : use.schema !== callee.schema) return false;
  if (count === undefined) return true;
  const least = callee.args.length - callee.defaults - (callee.variadic ? 1 : 0);
  return count >= least && (callee.variadic || count <= callee.args.length);
}

/**
 * Finds the built-in that has exactly these types; nothing else is then looked at. Only where pg_catalog comes first on
 * the search path, or is named.
 */
function exactly(use: FunctionUse | OperatorUse, named: readonly Callee[], known: Knowledge) {
  const sure = use.schema === 'pg_catalog' || (use.schema === undefined && known.builtinFirst);
  const builtin = sure ? named.filter((callee) => callee.builtin && callee.schema === 'pg_catalog') : [];
  return (tuple: Tuple) =>
    builtin.find(
      (callee) => callee.args.length === tuple.length && callee.args.every((arg, index) => arg === tuple[index]),
    );
}

/** The first try for an operator takes an untyped operand for one of the other's type. */
function settle(tuple: Tuple): Tuple {
  const other = tuple.find((type) => type !== unknownType);
  return other === undefined ? tuple : tuple.map((type) => (type === unknownType ? other : type));
}

function takesAll(callee: Callee, tuple: Tuple, sets: Taking): boolean {
  return tuple.every((type, index) => {
    const arg = callee.args[Math.min(index, callee.args.length - 1)];
    // The last parameter of a variadic function is an array, or its values stand alone.
    if (arg === undefined || (callee.variadic && index >= callee.args.length - 1)) return true;
    return sets.mayTake(arg, type === 'any' ? 'any' : new Set([type]));
  });
}

/**
 * A built-in that has the base types of all known arguments, and text for the untyped ones, comes before an overload that
 * has not, because most exact matches win, and text is preferred among strings and strings among all.
 */
function loses(
  callee: Callee,
  tuple: Tuple,
  exact: (tuple: Tuple) => Callee | undefined,
  isOperator: boolean,
  { types }: Knowledge,
): boolean {
  if (tuple.includes('any') || callee.variadic) return false;
  const bases = (tuple as TypeId[]).map((type) => types.base(type));
  const isOwn = (settle(tuple) as TypeId[]).every((type, index) => callee.args[index] === type);
  const takesDomain = bases.some((type, index) => type !== tuple[index] && callee.args[index] === tuple[index]);
  if (isOwn || takesDomain) return false;
  const winner =
    exact(isOperator ? settle(bases) : bases) ?? exact(bases.map((type) => (type === unknownType ? textType : type)));
  return winner !== undefined && winner !== callee;
}

function tuplesOf(given: readonly TypeSet[]): Tuple[] {
  let tuples: Tuple[] = [[]];
  for (const set of given) {
    const values: (TypeId | 'any')[] = set === 'any' ? ['any'] : [...set];
    tuples = tuples.flatMap((tuple) => values.map((value) => [...tuple, value]));
    if (tuples.length > maxTuples) return [given.map(() => 'any')];
  }
  return tuples;
}

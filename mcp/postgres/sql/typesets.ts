import type { Callee, Knowledge } from './learn.ts';
import { choices } from './overloads.ts';
import { isPolymorphic, textType, unknownType, type TypeId, type TypeSet } from './type-facts.ts';
import type { FunctionUse, OperatorUse, Shape, Uses } from './uses.ts';

const literals: Record<string, TypeId[]> = {
  unknown: [unknownType],
  integer: [23],
  // A number without a point that is too large for int4.
  numeric: [20, 1700],
  boolean: [16],
  bits: [1560],
};

/** A column of which nothing is known yet. */
const none: TypeSet = new Set();

/** More passes than any statement needs whose columns build on each other; after them a name may be anything. */
const maxPasses = 8;

/** An expression that is nested deeper may be anything. */
const maxDepth = 40;

/**
 * Finds for each expression the types that it may have. It does not follow scopes: a column's name stands for all
 * columns of that name that the statement's tables have or that the statement makes, so it finds too many types rather
 * than too few.
 */
export class TypeSets {
  readonly #uses: Uses;
  readonly #known: Knowledge;
  #columns = new Map<string, TypeSet>();
  readonly #results = new Map<string, TypeSet>();
  /** Types that are not built in and that some expression may have. */
  readonly #reached = new Set<TypeId>();

  constructor(uses: Uses, known: Knowledge) {
    this.#uses = uses;
    this.#known = known;
    this.#reach();
    this.#nameColumns();
  }

  of(shape: Shape, depth = 0): TypeSet {
    if (shape.is === 'literal') return new Set(literals[shape.of]);
    if (depth > maxDepth) return 'any';
    switch (shape.is) {
      case 'any':
        return 'any';
      case 'column':
        return this.#tableColumn(shape) ?? this.#columns.get(shape.name) ?? 'any';
      case 'element':
        return this.#inside(this.of(shape.of, depth + 1), (type) => this.#known.types.element(type));
      case 'field':
        return this.#inside(this.of(shape.of, depth + 1), (type) => this.#known.types.field(type, shape.name));
      case 'type':
        return this.#typed(shape);
      case 'call':
      case 'operator':
        return this.#result(shape, depth + 1);
      case 'oneOf':
        return this.#common(shape.of.map((each) => this.of(each, depth + 1)));
    }
  }

  /** Whether a value of these may be, or hold, a value of that type. */
  mayHold(set: TypeSet, type: TypeId): boolean {
    const { types } = this.#known;
    if (set === 'any') return this.isReached(type);
    return [...set].some((each) => types.constituents(each).has(type));
  }

  isReached(type: TypeId): boolean {
    return type < 16384 || this.#reached.has(type);
  }

  /** Whether a parameter may be given a value of these. */
  mayTake(to: TypeId, set: TypeSet): boolean {
    const { types } = this.#known;
    if (set !== 'any') return [...set].some((from) => types.takes(to, from));
    return types.takesSomeBuiltin(to) || [...this.#reached].some((from) => types.takes(to, from));
  }

  operands(use: OperatorUse, depth = 0): TypeSet[] {
    const right = this.of(use.right, depth);
    return use.left === undefined ? [right] : [this.of(use.left, depth), right];
  }

  arguments(use: FunctionUse, depth = 0): TypeSet[] | undefined {
    return use.shapes?.map((shape) => this.of(shape, depth));
  }

  /** All types that are named, that read columns have, or that functions and operators give. */
  #reach(): void {
    const { types, columns, functions, operators } = this.#known;
    const { relations, sources, wholeRows, namesHidden } = this.#uses;
    const read = new Set(this.#uses.columns);
    const rows =
      wholeRows || namesHidden || [...sources, ...relations.map(({ alias }) => alias)].some((name) => read.has(name));
    const seeds = [
      ...columns.filter((column) => rows || read.has(column.name)).map((column) => column.type),
      ...[...this.#uses.types, ...this.#uses.casts.map((cast) => cast.to)].flatMap((use) =>
        types.named(use.schema, use.name),
      ),
    ];
    for (const type of seeds) for (const part of types.constituents(type)) this.#reached.add(part);
    // What a function or an operator gives is reached when all that it needs is.
    for (let grown = true; grown;) {
      const size = this.#reached.size;
      for (const { args, defaults, result, columns: made } of [...functions, ...operators]) {
        if (!args.slice(0, args.length - defaults).every((arg) => this.mayTake(arg, 'any'))) continue;
        for (const type of [result, ...made.map((column) => column.type)])
          for (const part of types.constituents(type)) this.#reached.add(part);
      }
      grown = this.#reached.size > size;
    }
  }

  /** A column behind the name of a table that means no other source of rows; undefined when that is not certain. */
  #tableColumn({ name, of }: Extract<Shape, { is: 'column' }>): TypeSet | undefined {
    const { sources, relations, namesHidden } = this.#uses;
    const tables = relations.filter(({ alias }) => alias === of).map((relation) => relation.name);
    if (tables.length === 0 || namesHidden || [of, ...tables].some((each) => sources.includes(each!))) return undefined;
    const columns = this.#known.columns.filter((column) => tables.includes(column.relation) && column.name === name);
    return columns.length === 0 ? undefined : new Set(columns.map((column) => column.type));
  }

  #nameColumns(): void {
    const { columns, functions } = this.#known;
    if (this.#uses.namesHidden) return;
    const fixed = [...columns, ...functions.flatMap((callee) => callee.columns)];
    for (let pass = 0; ; pass += 1) {
      const next = new Map<string, TypeSet>();
      for (const { name, type } of fixed) next.set(name, union(next.get(name), plain(type)));
      for (const { name, shape } of this.#uses.outputs) {
        const made = this.#uses.combined || pass >= maxPasses ? 'any' : pass === 0 ? none : this.of(shape);
        next.set(name, union(next.get(name), made));
      }
      const settled = pass > 0 && [...next].every(([name, set]) => same(set, this.#columns.get(name)));
      this.#columns = next;
      this.#results.clear();
      if (settled || pass > maxPasses) break;
    }
    // What is only made of itself may be anything.
    for (const [name, set] of this.#columns) if (isEmpty(set)) this.#columns.set(name, 'any');
    this.#results.clear();
  }

  #typed({ type, array }: Extract<Shape, { is: 'type' }>): TypeSet {
    const { types } = this.#known;
    const found = types.named(type.schema, type.name);
    const meant = array ? found.flatMap((each) => types.arrayOf(each)) : found;
    return meant.length === 0 ? 'any' : new Set(meant);
  }

  #inside(set: TypeSet, part: (type: TypeId) => TypeId | undefined): TypeSet {
    const parts = set === 'any' ? [undefined] : [...set].map(part);
    return parts.includes(undefined) ? 'any' : new Set(parts as TypeId[]);
  }

  /** Each call and operator is looked at once in a pass, however many stand around it. */
  #result({ is, at }: Extract<Shape, { is: 'call' | 'operator' }>, depth: number): TypeSet {
    const key = `${is} ${at}`;
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    const found =
      is === 'call' ? this.#call(this.#uses.functions[at], depth) : this.#operator(this.#uses.operators[at]!, depth);
    this.#results.set(key, found);
    return found;
  }

  #call(use: FunctionUse | undefined, depth: number): TypeSet {
    if (!use) return 'any';
    const given = this.arguments(use, depth);
    if (given?.some(isEmpty)) return none;
    const chosen = choices(use, given, this.#known.functions, this.#known, this);
    const asType = use.args === 1 ? this.#known.types.named(use.schema, use.name) : [];
    return results(chosen, asType);
  }

  #operator(use: OperatorUse, depth: number): TypeSet {
    const given = this.operands(use, depth);
    return given.some(isEmpty) ? none : results(choices(use, given, this.#known.operators, this.#known, this));
  }

  #common(sets: TypeSet[]): TypeSet {
    const whole = new Set<TypeId>();
    for (const set of sets) {
      if (set === 'any') return 'any';
      for (const type of set) for (const each of [type, this.#known.types.base(type)]) whole.add(each);
    }
    if (whole.size > 1) whole.delete(unknownType);
    return whole.has(unknownType) ? new Set([textType]) : whole;
  }
}

function results(chosen: readonly Callee[], more: readonly TypeId[] = []): TypeSet {
  if (chosen.length === 0 && more.length === 0) return 'any';
  if (chosen.some((callee) => isPolymorphic(callee.result))) return 'any';
  return new Set([...chosen.map((callee) => callee.result), ...more]);
}

function isEmpty(set: TypeSet): boolean {
  return set !== 'any' && set.size === 0;
}

function plain(type: TypeId): TypeSet {
  return isPolymorphic(type) ? 'any' : new Set([type]);
}

function union(one: TypeSet | undefined, other: TypeSet): TypeSet {
  if (one === undefined) return other;
  return one === 'any' || other === 'any' ? 'any' : new Set([...one, ...other]);
}

function same(one: TypeSet, other: TypeSet | undefined): boolean {
  if (one === 'any' || other === 'any' || other === undefined) return one === other;
  return one.size === other.size && [...one].every((type) => other.has(type));
}

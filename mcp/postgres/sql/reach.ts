import type { Callee, Knowledge } from './learn.ts';
import { choices } from './overloads.ts';
import { couldMean, type FunctionFacts } from './rules.ts';
import { isPolymorphic, unknownType, type TypeId, type TypeSet } from './type-facts.ts';
import { TypeSets } from './typesets.ts';
import type { Shape, Uses } from './uses.ts';

/** Something that would be refused if the statement ran it. */
export type Suspect =
  | { via: 'function'; oid: number; facts: FunctionFacts }
  | { via: 'operator'; oid: number }
  | { via: 'cast'; source: TypeId; target: TypeId; implicit: boolean }
  /** `named`: the statement names the type, or one that is made of it. Otherwise only its tables hold it. */
  | { via: 'domain' | 'range'; type: TypeId; named: boolean }
  | { via: 'sorting'; type: TypeId };

const jsonTypes = new Set([114, 3802]);

/** What takes `any` (count, format …) does not compare it. */
const anything = 2276;

interface Chosen {
  callee: Callee;
  given: readonly TypeSet[] | undefined;
}

/**
 * Tells what a statement can run of that which its names and the types of its values could stand for. Where it cannot
 * tell, the statement can.
 */
export class Reach {
  readonly #uses: Uses;
  readonly #known: Knowledge;
  readonly #sets: TypeSets;
  readonly #functions: Chosen[][];
  readonly #operators: Chosen[];

  constructor(uses: Uses, known: Knowledge) {
    this.#uses = uses;
    this.#known = known;
    this.#sets = new TypeSets(uses, known);
    this.#functions = uses.functions.map((use) => {
      const given = this.#sets.arguments(use);
      return choices(use, given, known.functions, known, this.#sets).map((callee) => ({ callee, given }));
    });
    this.#operators = uses.operators.flatMap((use) => {
      const given = this.#sets.operands(use);
      return choices(use, given, known.operators, known, this.#sets).map((callee) => ({ callee, given }));
    });
  }

  canRun(suspect: Suspect): boolean {
    switch (suspect.via) {
      case 'function':
        return this.#uses.functions.some(
          (use, at) =>
            couldMean(use, suspect.facts) && this.#functions[at]!.some(({ callee }) => callee.oid === suspect.oid),
        );
      case 'operator':
        return this.#operators.some(({ callee }) => callee.oid === suspect.oid);
      case 'cast':
        return this.#casts(suspect.source, suspect.target) || (suspect.implicit && this.#slips(suspect));
      case 'domain':
        return suspect.named || this.#settles(suspect.type);
      case 'range':
        return suspect.named || this.#sets.isReached(suspect.type);
      case 'sorting':
        return this.#sorts(suspect.type);
    }
  }

  get #chosen(): Chosen[] {
    return [...this.#functions.flat(), ...this.#operators];
  }

  /** A cast that is written, as `x::type` or as type(x). */
  #casts(source: TypeId, target: TypeId): boolean {
    const { types } = this.#known;
    const into = (schema: string | undefined, name: string) =>
      types.named(schema, name).some((type) => types.constituents(type).has(target));
    const holds = (shape: Shape) => this.#sets.mayHold(this.#sets.of(shape), source);
    // Functions that make JSON look for such a cast by themselves.
    if (jsonTypes.has(target) && this.#makesJson() && this.#sets.isReached(source)) return true;
    return (
      this.#uses.casts.some(({ to, from }) => into(to.schema, to.name) && holds(from)) ||
      this.#uses.functions.some(
        ({ schema, name, args, shapes }) =>
          (args === 1 || args === undefined) && into(schema, name) && (shapes?.every(holds) ?? true),
      )
    );
  }

  /** A cast that PostgreSQL makes by itself: for a parameter, or to find a common type. */
  #slips({ source, target }: { source: TypeId; target: TypeId }): boolean {
    const { types } = this.#known;
    const holds = (set: TypeSet, type: TypeId) => this.#sets.mayHold(set, type);
    const given = this.#chosen.some(({ callee, given: sets }) => {
      const into = (arg: TypeId) =>
        isPolymorphic(arg)
          ? callee.args.filter(isPolymorphic).length > 1 && (sets?.some((set) => holds(set, target)) ?? true)
          : types.constituents(arg).has(target);
      return callee.args.some((arg, index) => into(arg) && holds(sets?.[index] ?? 'any', source));
    });
    return (
      given ||
      this.#uses.mixed.map((shape) => this.#sets.of(shape)).some((set) => holds(set, source) && holds(set, target))
    );
  }

  /** An untyped text becomes a value of a domain, or of what holds one, where another value has that type. */
  #settles(domain: TypeId): boolean {
    const untyped = (set: TypeSet) => set === 'any' || set.has(unknownType);
    const holds = (set: TypeSet) => this.#sets.mayHold(set, domain);
    const given = this.#chosen.some(({ callee, given: sets = ['any', 'any'] }) => {
      if (/populate_record/.test(callee.name)) return sets.some(holds);
      if (callee.args.filter(isPolymorphic).length < 2) return false;
      return sets.some(holds) && sets.some(untyped);
    });
    return given || this.#uses.mixed.some((shape) => this.#mixesUntyped(shape, domain));
  }

  /** A plain domain gives way to its base type there; an array or a row of it does not. */
  #mixesUntyped(shape: Shape, domain: TypeId): boolean {
    const sets = shape.is === 'oneOf' ? shape.of.map((each) => this.#sets.of(each)) : [this.#sets.of(shape)];
    if (!sets.some((set) => set === 'any' || set.has(unknownType))) return false;
    return sets.some((set) =>
      set === 'any'
        ? this.#sets.isReached(domain)
        : [...set].some((type) => type !== domain && this.#known.types.constituents(type).has(domain)),
    );
  }

  /** Its operator class runs: for what is sorted, and inside functions over arrays, rows and the like. */
  #sorts(type: TypeId): boolean {
    if (this.#uses.sorted.some((shape) => this.#sets.mayHold(this.#sets.of(shape), type))) return true;
    return this.#chosen.some(({ callee, given }) =>
      callee.args.some(
        (arg, index) => isPolymorphic(arg) && arg !== anything && this.#sets.mayHold(given?.[index] ?? 'any', type),
      ),
    );
  }

  #makesJson(): boolean {
    return this.#uses.keywords.length > 0 || this.#uses.functions.some(({ name }) => /json/i.test(name));
  }
}

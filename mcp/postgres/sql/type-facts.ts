/** Types by their number in pg_type. */
export type TypeId = number;

/** The types that a value may have; `any` is every built-in one, and all that the statement reaches besides. */
export type TypeSet = ReadonlySet<TypeId> | 'any';

export interface TypeFacts {
  oid: TypeId;
  schema: string;
  name: string;
  onPath: boolean;
  /** `b` base, `c` composite, `d` domain, `e` enum, `p` pseudo, `r` range, `m` multirange. */
  kind: string;
  /** `A` array, `S` string … */
  category: string;
  element: TypeId;
  base: TypeId;
  /** The fields of a composite; the values of a range, without a name. */
  parts: { name: string | null; type: TypeId }[];
}

/** What an untyped text or NULL has until PostgreSQL finds a type for it. */
export const unknownType = 705;
export const textType = 25;
const record = 2249;

const any = new Set([2276, 2283, 5077]);
const anyArray = new Set([2277, 5078, 2287]);
const anyPlain = new Set([2776, 5079]);
const anyRange = new Set([3831, 5080, 4537, 4538]);
const anyEnum = 3500;

/** It stands for several types; PostgreSQL may give an untyped text beside it the type of another argument. */
export function isPolymorphic(type: TypeId): boolean {
  return (
    any.has(type) ||
    anyArray.has(type) ||
    anyPlain.has(type) ||
    anyRange.has(type) ||
    type === anyEnum ||
    type === record
  );
}

/** The types that a statement can meet, and how values of one become values of another without being asked to. */
export class Types {
  readonly #facts = new Map<TypeId, TypeFacts>();
  /** Targets of implicit casts, by source. */
  readonly #implicit = new Map<TypeId, Set<TypeId>>();

  constructor(facts: readonly TypeFacts[], implicitCasts: readonly (readonly [TypeId, TypeId])[]) {
    for (const type of facts) this.#facts.set(type.oid, type);
    for (const [source, target] of implicitCasts) {
      const targets = this.#implicit.get(source) ?? new Set();
      this.#implicit.set(source, targets.add(target));
    }
  }

  named(schema: string | undefined, name: string): TypeId[] {
    const fits = (type: TypeFacts) =>
      type.name === name && (schema === undefined ? type.onPath : type.schema === schema);
    return [...this.#facts.values()].filter(fits).map((type) => type.oid);
  }

  arrayOf(element: TypeId): TypeId[] {
    return [...this.#facts.values()]
      .filter((type) => type.category === 'A' && type.element === element)
      .map(({ oid }) => oid);
  }

  base(type: TypeId): TypeId {
    const facts = this.#facts.get(type);
    return facts?.kind === 'd' ? this.base(facts.base) : type;
  }

  /** The type of an array's elements; undefined when it is no array. */
  element(type: TypeId): TypeId | undefined {
    const facts = this.#facts.get(this.base(type));
    return facts?.category === 'A' ? facts.element : undefined;
  }

  /** The type of a field of a row; undefined when it has none of that name. */
  field(type: TypeId, name: string): TypeId | undefined {
    return this.#facts.get(this.base(type))?.parts.find((part) => part.name === name)?.type;
  }

  isString(type: TypeId): boolean {
    return this.#facts.get(type)?.category === 'S';
  }

  /** A type with all of which it is made: elements, fields, bases. */
  constituents(type: TypeId, into = new Set<TypeId>()): Set<TypeId> {
    if (into.has(type) || type === 0) return into;
    into.add(type);
    const facts = this.#facts.get(type);
    for (const part of facts
      ? [facts.base, facts.category === 'A' ? facts.element : 0, ...facts.parts.map((each) => each.type)]
      : []) {
      this.constituents(part, into);
    }
    return into;
  }

  hasImplicit(from: TypeId, to: TypeId): boolean {
    return [from, this.base(from)].some((source) => this.#implicit.get(source)?.has(to) === true);
  }

  /** Whether a parameter takes a value of some built-in type, a row among them. */
  takesSomeBuiltin(to: TypeId): boolean {
    const target = this.base(to);
    const facts = this.#facts.get(target);
    if (target < 16384 || facts?.kind === 'c') return true;
    if (facts?.category === 'A') return this.takesSomeBuiltin(facts.element);
    return [...this.#implicit].some(([source, targets]) => source < 16384 && targets.has(target));
  }

  /** Whether a parameter of one type takes a value of another: the type itself, or by an implicit cast. */
  takes(to: TypeId, from: TypeId): boolean {
    if (to === from || from === unknownType || any.has(to)) return true;
    const [source, target] = [this.base(from), this.base(to)];
    const facts = this.#facts.get(source);
    const isArray = facts?.category === 'A';
    if (anyArray.has(to)) return isArray || source === record;
    if (anyPlain.has(to)) return !isArray;
    if (anyRange.has(to)) return facts?.kind === 'r' || facts?.kind === 'm';
    if (to === anyEnum) return facts?.kind === 'e';
    if (source === target || this.hasImplicit(source, target)) return true;
    const into = this.#facts.get(target);
    const rows = [facts?.kind, into?.kind].map((kind, index) => kind === 'c' || [source, target][index] === record);
    if (rows[0] && rows[1]) return true;
    return isArray && into?.category === 'A' && this.takes(into.element, facts.element);
  }
}

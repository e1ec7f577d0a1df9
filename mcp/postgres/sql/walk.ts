import { keywordOf } from './keywords.ts';
import { castTo, elementOf, firstColumn, settled, shapeOf, type Places } from './shapes.ts';
import { givenNames, noteSelect } from './selects.ts';
import { foldNames } from './names.ts';
import { listOf, opened, qualified, strings, type Fields } from './tree.ts';
import { anyShape, noUses, Refusal, type FunctionUse, type Shape, type Uses } from './uses.ts';

/** Every kind of node a pure read is made of (names of PostgreSQL's raw parse tree, parsenodes.h and primnodes.h). */
const readNodes = new Set(
  `SelectStmt ResTarget ColumnRef A_Star A_Const A_Expr A_ArrayExpr A_Indirection A_Indices Integer Float Boolean String
  BitString List FuncCall NamedArgExpr TypeCast TypeName CollateClause BoolExpr NullTest BooleanTest SubLink CaseExpr
  CaseWhen CoalesceExpr MinMaxExpr RowExpr RangeVar RangeSubselect RangeFunction RangeTableSample RangeTableFunc
  RangeTableFuncCol JoinExpr Alias WithClause CommonTableExpr CTESearchClause CTECycleClause SortBy WindowDef GroupingSet
  GroupingFunc SQLValueFunction XmlExpr XmlSerialize ColumnDef JsonFuncExpr JsonTable JsonTableColumn JsonTablePathSpec
  JsonArgument JsonBehavior JsonFormat JsonReturning JsonOutput JsonValueExpr JsonKeyValue JsonObjectConstructor
  JsonArrayConstructor JsonArrayQueryConstructor JsonAggConstructor JsonObjectAgg JsonArrayAgg JsonIsPredicate
  JsonParseExpr JsonScalarExpr JsonSerializeExpr`.split(/\s+/),
);

const refusedNodes: Record<string, string> = {
  LockingClause: 'FOR UPDATE and FOR SHARE lock rows; leave them out.',
  InsertStmt: 'INSERT writes; only reading is possible here.',
  UpdateStmt: 'UPDATE writes; only reading is possible here.',
  DeleteStmt: 'DELETE writes; only reading is possible here.',
  MergeStmt: 'MERGE writes; only reading is possible here.',
  MergeSupportFunc: 'merge_action() belongs to MERGE, which writes; only reading is possible here.',
  ParamRef: 'placeholders such as $1 have no values here; write the values into the query.',
};

/**
 * Collects what a raw parse tree of a read may call. It loops instead of recursing, because the tree of a long chain of
 * operators is deeper than the stack.
 * @throws Refusal at the first node that no read has
 */
export function collectUses(tree: unknown, options: { parameters?: boolean } = {}): Uses {
  const walk = new Walk(options.parameters === true);
  const pending: unknown[] = [tree];
  while (pending.length > 0) {
    const next = pending.pop();
    if (next === null || typeof next !== 'object') continue;
    if (Array.isArray(next)) {
      for (const item of next) pending.push(item);
      continue;
    }
    const fields = next as Fields;
    walk.fields(fields);
    for (const key of Object.keys(fields)) {
      // A wrapped node is {"FuncCall": {…}}. Fields of the C structs start with a small letter.
      if (/^[A-Z]/.test(key)) walk.node(key, fields[key] as Fields);
      pending.push(fields[key]);
    }
  }
  return foldNames(walk.uses);
}

class Walk implements Places {
  readonly uses: Uses = { ...noUses(), outputs: givenNames.map((name) => ({ name, shape: anyShape })) };
  readonly #parameters: boolean;
  readonly #calls = new Map<Fields, number>();
  /** Aliases of functions in FROM, with the places of their calls. */
  /** Aliases of tables and views. */
  readonly #tables = new Set<object>();
  readonly #sources = new Map<Fields, number>();
  readonly #operators = new Map<Fields, number>();

  constructor(parameters: boolean) {
    this.#parameters = parameters;
  }

  call(fields: Fields): number {
    return placeOf(this.#calls, fields, this.uses.functions, {
      ...qualified(fields['funcname']),
      args: undefined,
      form: 'call',
    });
  }

  operator(fields: Fields): number {
    return placeOf(this.#operators, fields, this.uses.operators, {
      ...qualified(fields['name']),
      left: anyShape,
      right: anyShape,
    });
  }

  node(kind: string, fields: Fields): void {
    if (kind === 'ParamRef' && this.#parameters) return;
    if (!readNodes.has(kind)) throw new Refusal(refusedNodes[kind] ?? `${spoken(kind)} is not part of reading rows.`);
    const { uses } = this;
    const keyword = keywordOf(kind, fields);
    if (keyword !== undefined) uses.keywords.push(keyword);
    if (kind === 'RangeTableSample') uses.samplers.push(qualified(fields['method']));
    else if (kind === 'RangeFunction') this.#source(fields);
    else if (kind === 'RangeVar') this.#relation(fields);
    else if (kind === 'TypeName') uses.types.push(qualified(fields['names']));
    else if (kind === 'TypeCast') this.#cast(fields);
    else if (kind === 'A_Expr') this.#expression(fields);
    else if (kind === 'SubLink') this.#subLink(fields);
    else if (kind === 'CaseExpr') this.#case(fields);
    else if (kind === 'SortBy') this.#sort(fields);
    else if (kind === 'ColumnRef') this.#column(fields['fields']);
    else if (kind === 'A_Indirection') this.#valueFields(fields['indirection']);
    else if (kind === 'JoinExpr') this.#join(fields);
    else if (kind === 'CoalesceExpr') this.#mixed(listOf(fields['args']));
    else if (kind === 'MinMaxExpr') uses.sorted.push(this.#mixed(listOf(fields['args'])));
    else if (kind === 'JsonTableColumn') this.#output(String(fields['name']), castTo(fields['typeName'] as Fields));
    else if (kind === 'A_ArrayExpr') this.#mixed(listOf(fields['elements']));
  }

  /** Notes what its field alone shows, because a struct may stand without its node's name around it. */
  fields(fields: Fields): void {
    if (fields['intoClause']) throw new Refusal('SELECT INTO makes a table; leave INTO out.');
    if (Array.isArray(fields['funcname'])) this.#function(fields);
    if (fields['limitOption'] !== undefined) noteSelect(fields, this.uses, this);
    const type = fields['typeName'] as Fields | undefined;
    if (type && Array.isArray(type['names'])) this.uses.types.push(qualified(type['names']));
    if (typeof fields['aliasname'] === 'string') this.#alias(fields, fields['aliasname']);
    for (const key of ['colname', 'search_seq_column', 'cycle_mark_column', 'cycle_path_column'])
      if (typeof fields[key] === 'string') this.#output(fields[key], key === 'colname' ? castTo(type) : anyShape);
    if (typeof fields['ctename'] === 'string') this.uses.sources.push(fields['ctename']);
    for (const name of strings([...listOf(fields['colnames']), ...listOf(fields['aliascolnames'])]))
      this.#output(name, anyShape);
    for (const sorted of listOf(fields['partitionClause'])) this.uses.sorted.push(this.#shape(sorted));
  }

  #shape(node: unknown): Shape {
    return shapeOf(node, this);
  }

  #output(name: string, shape: Shape): void {
    this.uses.outputs.push({ name, shape });
  }

  /** An alias alone is a whole row; that of a function is what the function gives. */
  #alias(alias: Fields, name: string): void {
    const call = this.#sources.get(alias);
    this.#output(name, call === undefined ? anyShape : { is: 'call', at: call });
    if (!this.#tables.has(alias)) this.uses.sources.push(name);
  }

  #relation(fields: Fields): void {
    const alias = fields['alias'] as { aliasname?: string; colnames?: unknown } | undefined;
    if (alias) this.#tables.add(alias);
    // New names for its columns hide which they are.
    if (alias?.colnames) this.uses.sources.push(alias.aliasname ?? '');
    const name = String(fields['relname']);
    this.uses.relations.push({
      schema: fields['schemaname'] as string | undefined,
      name,
      alias: alias?.aliasname ?? name,
    });
  }

  #source(fields: Fields): void {
    const [first, ...others] = listOf(fields['functions']);
    const [kind, call] = opened(listOf(first)[0]);
    if (kind !== 'FuncCall' || others.length > 0 || !fields['alias']) return;
    this.#sources.set(fields['alias'] as Fields, this.call(call));
  }

  #mixed(nodes: unknown[]): Shape {
    const shape: Shape = { is: 'oneOf', of: nodes.map((node) => this.#shape(node)) };
    this.uses.mixed.push(shape);
    return shape;
  }

  #function(call: Fields): void {
    const nodes = listOf(call['args']);
    const hidden = call['agg_within_group'] === true;
    const named = call['func_variadic'] === true || nodes.some((node) => opened(node)[0] === 'NamedArgExpr');
    const shapes = nodes.map((node) => this.#shape(node));
    const use: FunctionUse = {
      ...qualified(call['funcname']),
      args: hidden ? undefined : nodes.length,
      form: 'call',
      shapes: hidden || named ? undefined : shapes,
    };
    this.uses.functions[this.call(call)] = use;
    this.#output(use.name, { is: 'call', at: this.call(call) });
    if (call['agg_distinct'] === true) this.uses.sorted.push(...shapes);
  }

  #cast(fields: Fields): void {
    const { names } = fields['typeName'] as Fields;
    this.uses.casts.push({ to: qualified(names), from: this.#shape(fields['arg']) });
  }

  /** PostgreSQL spells BETWEEN with comparisons, whose operators it looks up by name. */
  #expression(fields: Fields): void {
    const at = this.operator(fields);
    const { name, schema } = qualified(fields['name']);
    const [left, right] = [fields['lexpr'], fields['rexpr']];
    const bounds = /^(NOT )?BETWEEN/.exec(name);
    if (bounds) {
      const [low, high] = listOf(right).map((bound) => this.#shape(bound));
      const whole: Shape = { is: 'oneOf', of: [low ?? anyShape, high ?? anyShape] };
      const written = this.#shape(left);
      this.uses.operators[at] = { schema, name: '>=', left: written, right: whole };
      for (const other of ['<=', '<', '>'])
        this.uses.operators.push({ schema: undefined, name: other, left: written, right: whole });
      return;
    }
    const rows = [left, right].map((side) => (opened(side)[0] === 'RowExpr' ? listOf(opened(side)[1]['args']) : []));
    const paired = rows[0]!.length > 0 && rows[0]!.length === rows[1]!.length;
    const pairs = paired ? rows[0]!.map((node, index) => [node, rows[1]![index]]) : [[left, right]];
    const isAny = fields['kind'] === 'AEXPR_OP_ANY' || fields['kind'] === 'AEXPR_OP_ALL';
    for (const [index, [one, other]] of pairs.entries()) {
      const use = {
        schema,
        name,
        left: one === undefined ? undefined : this.#shape(one),
        right: this.#operand(other, isAny),
      };
      if (index === 0) this.uses.operators[at] = use;
      else this.uses.operators.push(use);
    }
    if (fields['kind'] === 'AEXPR_IN') this.#mixed([left, ...listOf(right)]);
  }

  /** The operand of IN is a list, of which each value is compared. */
  #operand(node: unknown, isAny: boolean): Shape {
    if (isAny) return elementOf(node, this);
    const items = opened(node)[0] === 'List' ? listOf(node) : undefined;
    return items ? { is: 'oneOf', of: items.map((item) => this.#shape(item)) } : this.#shape(node);
  }

  #subLink(fields: Fields): void {
    if (!fields['testexpr']) return;
    const { schema, name } = fields['operName'] ? qualified(fields['operName']) : { schema: undefined, name: '=' };
    const row = opened(fields['testexpr'])[0] === 'RowExpr';
    const right = row ? anyShape : firstColumn(opened(fields['subselect'])[1], this);
    this.uses.operators.push({ schema, name, left: row ? anyShape : this.#shape(fields['testexpr']), right });
  }

  #case(fields: Fields): void {
    const whens = listOf(fields['args']).map((when) => opened(when)[1]);
    this.#mixed([...whens.map((when) => when['result']), fields['defresult']].filter((node) => node !== undefined));
    if (!fields['arg']) return;
    // An untyped text that is tested becomes text first.
    const left = settled(this.#shape(fields['arg']));
    for (const { expr } of whens) this.#equals(left, this.#shape(expr));
  }

  #sort(fields: Fields): void {
    const shape = this.#shape(fields['node']);
    // Number n is a place in the list of columns (selects.ts).
    if (shape.is !== 'literal') this.uses.sorted.push(shape);
    if (!fields['useOp']) return;
    this.uses.operators.push({ ...qualified(fields['useOp']), left: shape, right: shape });
  }

  #join(fields: Fields): void {
    if (fields['isNatural'] === true) {
      this.uses.wholeRows = true;
      this.#equals(anyShape, anyShape);
    }
    for (const name of strings(fields['usingClause'])) {
      this.uses.columns.push(name);
      this.#equals({ is: 'column', name, of: undefined }, { is: 'column', name, of: undefined });
    }
  }

  #equals(left: Shape, right: Shape): void {
    this.uses.operators.push({ schema: undefined, name: '=', left, right });
  }

  #column(parts: unknown): void {
    const names = strings(parts);
    const last = names.at(-1);
    if (names.length !== listOf(parts).length) this.uses.wholeRows = true;
    if (last === undefined) return;
    this.uses.columns.push(last);
    if (names.length === 1) return;
    this.uses.functions.push({
      schema: undefined,
      name: last,
      args: 1,
      form: 'field',
    });
  }

  #valueFields(indirection: unknown): void {
    if (listOf(indirection).some((part) => opened(part)[0] === 'A_Star')) this.uses.namesHidden = true;
    for (const name of strings(indirection)) {
      this.uses.columns.push(name);
      this.uses.functions.push({ schema: undefined, name, args: 1, form: 'value' });
    }
  }
}

/** The place of a node, which is made when the node is met first, be it by what stands around it. */
function placeOf<T>(places: Map<Fields, number>, fields: Fields, uses: T[], empty: T): number {
  const known = places.get(fields);
  if (known !== undefined) return known;
  places.set(fields, uses.length);
  return uses.push(empty) - 1;
}

/** Turns `CreateStmt` into `CREATE`, `VariableSetStmt` into `VARIABLE SET`. */
export function spoken(kind: string): string {
  return kind
    .replace(/Stmt$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

import { keywordOf } from './keywords.ts';

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
}

export interface NameUse {
  schema: string | undefined;
  name: string;
}

/** What a statement could run apart from built-in reading of rows. */
export interface Uses {
  functions: FunctionUse[];
  /** Names that are grammar to the parser. A server whose grammar does not have them takes them for functions. */
  keywords: string[];
  operators: NameUse[];
  types: NameUse[];
  /** Names of TABLESAMPLE methods. */
  samplers: NameUse[];
}

/** A statement that may not run; the message is for the model. */
export class Refusal extends Error {
  override name = 'Refusal';
}

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
  LockingClause: 'FOR UPDATE and FOR SHARE lock rows; leave them out',
  InsertStmt: 'INSERT writes; only reading is possible here',
  UpdateStmt: 'UPDATE writes; only reading is possible here',
  DeleteStmt: 'DELETE writes; only reading is possible here',
  MergeStmt: 'MERGE writes; only reading is possible here',
  ParamRef: 'placeholders such as $1 have no values here; write the values into the query',
};

/**
 * Collects what a raw parse tree of a read may call. It loops instead of recursing, because the tree of a long chain of
 * operators is deeper than the stack.
 * @throws Refusal at the first node that no read has
 */
export function collectUses(tree: unknown, options: { parameters?: boolean } = {}): Uses {
  const uses: Uses = { functions: [], keywords: [], operators: [], types: [], samplers: [] };
  const pending: unknown[] = [tree];
  while (pending.length > 0) {
    const next = pending.pop();
    if (next === null || typeof next !== 'object') continue;
    if (Array.isArray(next)) {
      for (const item of next) pending.push(item);
      continue;
    }
    const fields = next as Record<string, unknown>;
    noteFields(fields, uses);
    for (const key of Object.keys(fields)) {
      // A wrapped node is {"FuncCall": {…}}. Fields of the C structs start with a small letter.
      if (/^[A-Z]/.test(key)) noteNode(key, fields[key], uses, options.parameters === true);
      pending.push(fields[key]);
    }
  }
  return uses;
}

function noteNode(kind: string, value: unknown, uses: Uses, parameters: boolean): void {
  if (kind === 'ParamRef' && parameters) return;
  if (!readNodes.has(kind)) throw new Refusal(refusedNodes[kind] ?? `${spoken(kind)} is not part of reading rows`);
  const node = value as Record<string, unknown>;
  if (kind === 'A_Expr') uses.operators.push(qualified(node['name']));
  if (kind === 'SubLink' && node['operName']) uses.operators.push(qualified(node['operName']));
  if (kind === 'SortBy' && node['useOp']) uses.operators.push(qualified(node['useOp']));
  if (kind === 'RangeTableSample') uses.samplers.push(qualified(node['method']));
  if (kind === 'TypeName') uses.types.push(qualified(node['names']));
  const keyword = keywordOf(kind, node);
  if (keyword !== undefined) uses.keywords.push(keyword);
  if (kind === 'ColumnRef') noteField(node['fields'], uses);
  if (kind === 'A_Indirection') noteValueFields(node['indirection'], uses);
}

/** Notes what its field alone shows, because a struct may stand without its node's name around it. */
function noteFields(fields: Record<string, unknown>, uses: Uses): void {
  if (fields['intoClause']) throw new Refusal('SELECT INTO makes a table; leave INTO out');
  if (Array.isArray(fields['funcname'])) uses.functions.push(functionUse(fields));
  const type = fields['typeName'] as Record<string, unknown> | undefined;
  if (type && Array.isArray(type['names'])) uses.types.push(qualified(type['names']));
}

function functionUse(call: Record<string, unknown>): FunctionUse {
  const args = Array.isArray(call['args']) ? call['args'].length : 0;
  return { ...qualified(call['funcname']), args: call['agg_within_group'] === true ? undefined : args, form: 'call' };
}

function noteField(fields: unknown, uses: Uses): void {
  const names = strings(fields);
  const last = names.at(-1);
  if (names.length > 1 && last !== undefined) {
    uses.functions.push({ schema: undefined, name: last, args: 1, form: 'field' });
  }
}

function noteValueFields(indirection: unknown, uses: Uses): void {
  for (const name of strings(indirection)) uses.functions.push({ schema: undefined, name, args: 1, form: 'value' });
}

/** The last two parts of a name. A third part in front can only name the database itself. */
function qualified(parts: unknown): NameUse {
  const names = strings(parts);
  return { schema: names.at(-2), name: names.at(-1) ?? '' };
}

function strings(parts: unknown): string[] {
  if (!Array.isArray(parts)) return [];
  return parts.flatMap((part: { String?: { sval?: string } }) => (part.String ? [part.String.sval ?? ''] : []));
}

/** Turns `CreateStmt` into `CREATE`, `VariableSetStmt` into `VARIABLE SET`. */
export function spoken(kind: string): string {
  return kind
    .replace(/Stmt$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

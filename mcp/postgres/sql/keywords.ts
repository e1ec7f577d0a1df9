/**
 * The major version of PostgreSQL whose grammar the parser has. When this changes, look through the new keywords below.
 */
export const grammarVersion = 18;

/**
 * The nodes that a call becomes when its name is a keyword that cannot name a function (`col_name_keyword` in gram.y).
 */
const keywordNodes: Record<string, string> = {
  JsonArrayConstructor: 'json_array',
  JsonArrayQueryConstructor: 'json_array',
  JsonArrayAgg: 'json_arrayagg',
  JsonObjectConstructor: 'json_object',
  JsonObjectAgg: 'json_objectagg',
  JsonParseExpr: 'json',
  JsonScalarExpr: 'json_scalar',
  JsonSerializeExpr: 'json_serialize',
  JsonTable: 'json_table',
};

/**
 * Words that cannot name a function, or a column, since some version after 13 (catcode C and R of pg_get_keywords, of 14
 * to 18).
 */
export const newKeywords = [
  'json',
  'json_array',
  'json_arrayagg',
  'json_exists',
  'json_object',
  'json_objectagg',
  'json_query',
  'json_scalar',
  'json_serialize',
  'json_table',
  'json_value',
  'merge_action',
  'system_user',
];

const jsonFunctions: Record<string, string> = {
  JSON_EXISTS_OP: 'json_exists',
  JSON_QUERY_OP: 'json_query',
  JSON_VALUE_OP: 'json_value',
};

/** Of these keywords, those that the grammar turns into a call of a function in pg_catalog. */
const keywordCalls = new Set(['json_object', 'normalize']);

/**
 * The name that the text has for a node of the parse tree, when PostgreSQL 11 or a later version took it for the name
 * of an ordinary function: 11 and 12 have no keyword NORMALIZE, 13 to 15 have none of SQL/JSON, and 16 has only its
 * constructors.
 */
export function keywordOf(kind: string, node: Record<string, unknown>): string | undefined {
  if (kind === 'JsonFuncExpr') return jsonFunctions[String(node['op'])] ?? 'json_table';
  if (kind !== 'FuncCall') return keywordNodes[kind];
  const [schema, name] = (node['funcname'] as { String?: { sval?: string } }[]).map((part) => part.String?.sval ?? '');
  return schema === 'pg_catalog' && name !== undefined && keywordCalls.has(name) ? name : undefined;
}

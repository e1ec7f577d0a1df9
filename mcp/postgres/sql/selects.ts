import { settled, shapeOf, type Places } from './shapes.ts';
import { listOf, opened, strings, type Fields } from './tree.ts';
import { anyShape, type Shape, type Uses } from './uses.ts';

/** Names that PostgreSQL gives to columns which have none of their own (FigureColname in parse_target.c). */
export const givenNames =
  `case coalesce array row exists grouping greatest least nullif ?column? current_date current_time current_timestamp
  localtime localtimestamp current_role current_user user session_user current_catalog current_schema xmlconcat
  xmlelement xmlforest xmlparse xmlpi xmlroot xmlserialize json json_array json_arrayagg json_object json_objectagg
  json_scalar json_serialize json_exists json_query json_value column1 bool`.split(/\s+/);

/** Notes the columns that one SELECT makes, and what it sorts, groups, compares and brings to a common type. */
export function noteSelect(select: Fields, uses: Uses, places: Places): void {
  const shape = (node: unknown) => shapeOf(node, places);
  const targets = listOf(select['targetList']).map((target) => opened(target)[1]);
  const shapes = targets.map((target) => settled(shape(target['val'])));
  for (const [index, target] of targets.entries()) {
    for (const name of namesOf(target)) uses.outputs.push({ name, shape: shapes[index]! });
  }
  if (select['op'] !== 'SETOP_NONE' || select['valuesLists']) combine(select, uses);
  for (const node of [...listOf(select['groupClause']), ...listOf(select['sortClause'])]) {
    uses.sorted.push(...sortedBy(node, shape, shapes, targets));
  }
  const distinct = listOf(select['distinctClause']);
  // A bare DISTINCT is a list with one empty node.
  if (distinct.length > 0 && opened(distinct[0])[0] === '') uses.sorted.push(...shapes);
  else for (const node of distinct) uses.sorted.push(...sortedBy(node, shape, shapes, targets));
}

/**
 * UNION and its kin, and VALUES, bring columns to a common type whatever their names are, and all but UNION ALL compare
 * rows. So every column that the statement makes may be of any type that it reaches.
 */
function combine(select: Fields, uses: Uses): void {
  uses.mixed.push(anyShape);
  uses.combined = true;
  if (select['op'] !== 'SETOP_NONE' && select['all'] !== true) uses.sorted.push(anyShape);
}

function sortedBy(node: unknown, shape: (node: unknown) => Shape, shapes: Shape[], targets: Fields[]): Shape[] {
  const [kind, fields] = opened(node);
  if (kind === 'SortBy') return sortedBy(fields['node'], shape, shapes, targets);
  if (kind === 'GroupingSet')
    return listOf(fields['content']).flatMap((each) => sortedBy(each, shape, shapes, targets));
  if (kind === 'RowExpr') return listOf(fields['args']).flatMap((each) => sortedBy(each, shape, shapes, targets));
  const place = kind === 'A_Const' ? (fields['ival'] as { ival?: number } | undefined)?.ival : undefined;
  if (place === undefined) return [shape(node)];
  // A star in front moves the places.
  const star = targets.slice(0, place).some((target) => isStar(target['val']));
  return [star ? anyShape : (shapes[place - 1] ?? anyShape)];
}

function isStar(node: unknown): boolean {
  const [kind, fields] = opened(node);
  const parts = kind === 'ColumnRef' ? fields['fields'] : kind === 'A_Indirection' ? fields['indirection'] : [];
  return listOf(parts).some((part) => opened(part)[0] === 'A_Star');
}

/** The name of a column of the result: its alias, or what PostgreSQL may derive from the expression. */
function namesOf(target: Fields): string[] {
  return typeof target['name'] === 'string' ? [target['name']] : derived(target['val']);
}

function derived(node: unknown, depth = 0): string[] {
  const [kind, fields] = opened(node);
  if (depth > 4) return [];
  if (kind === 'ColumnRef') return strings(fields['fields']).slice(-1);
  if (kind === 'FuncCall') return strings(fields['funcname']).slice(-1);
  if (kind === 'A_Indirection') {
    const [name] = strings(fields['indirection']).slice(-1);
    return name === undefined ? derived(fields['arg'], depth + 1) : [name];
  }
  if (kind === 'CollateClause') return derived(fields['arg'], depth + 1);
  if (kind === 'CaseExpr') return derived(fields['defresult'], depth + 1);
  if (kind === 'TypeCast') {
    const type = strings((fields['typeName'] as Fields)['names']).slice(-1);
    return [...type, ...derived(fields['arg'], depth + 1)];
  }
  if (kind !== 'SubLink') return [];
  const [first] = listOf(opened(fields['subselect'])[1]['targetList']);
  return first ? namesOf(opened(first)[1]) : [];
}

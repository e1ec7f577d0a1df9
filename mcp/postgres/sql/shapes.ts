import { listOf, opened, qualified, strings, type Fields } from './tree.ts';
import { anyShape, boolean, typed, type Shape } from './uses.ts';

/** Gives calls and operators their places, whichever is met first: the node itself or an expression around it. */
export interface Places {
  call(fields: Fields): number;
  operator(fields: Fields): number;
}

/** How deep expressions are looked into; operators and calls are places, so chains of them are not deep. */
const maxDepth = 6;

const unknown: Shape = { is: 'literal', of: 'unknown' };

const clock: Record<string, string> = {
  SVFOP_CURRENT_DATE: 'date',
  SVFOP_CURRENT_TIME: 'timetz',
  SVFOP_CURRENT_TIME_N: 'timetz',
  SVFOP_CURRENT_TIMESTAMP: 'timestamptz',
  SVFOP_CURRENT_TIMESTAMP_N: 'timestamptz',
  SVFOP_LOCALTIME: 'time',
  SVFOP_LOCALTIME_N: 'time',
  SVFOP_LOCALTIMESTAMP: 'timestamp',
  SVFOP_LOCALTIMESTAMP_N: 'timestamp',
};

/** What an expression of the raw parse tree can be. */
export function shapeOf(node: unknown, places: Places, depth = 0): Shape {
  const [kind, fields] = opened(node);
  const inner = (next: unknown) => shapeOf(next, places, depth + 1);
  if (depth > maxDepth) return anyShape;
  switch (kind) {
    case 'A_Const':
      return literal(fields);
    case 'ColumnRef':
      return column(fields);
    case 'TypeCast':
      return castTo(fields['typeName'] as Fields);
    case 'FuncCall':
      return { is: 'call', at: places.call(fields) };
    case 'A_Expr':
      return operation(fields, places, inner);
    case 'BoolExpr':
    case 'NullTest':
    case 'BooleanTest':
    case 'JsonIsPredicate':
      return boolean;
    case 'SubLink':
      return subLink(fields, places, depth);
    case 'CaseExpr':
      return oneOf([...listOf(fields['args']).map((when) => opened(when)[1]['result']), fields['defresult']], inner);
    case 'CoalesceExpr':
    case 'MinMaxExpr':
      return oneOf(listOf(fields['args']), inner);
    case 'A_Indirection':
      return part(fields, inner);
    case 'CollateClause':
      return inner(fields['arg']);
    case 'GroupingFunc':
      return typed('int4');
    case 'SQLValueFunction':
      return typed(clock[String(fields['op'])] ?? 'name');
    default:
      return anyShape;
  }
}

/** The types that a select's first column can have. An untyped text becomes text where a select ends. */
export function firstColumn(select: Fields, places: Places, depth = 0): Shape {
  const [target] = listOf(select['targetList']);
  if (!target || select['op'] !== 'SETOP_NONE') return anyShape;
  return settled(shapeOf(opened(target)[1]['val'], places, depth + 1));
}

export function settled(shape: Shape): Shape {
  if (shape.is === 'literal' && shape.of === 'unknown') return typed('text');
  if (shape.is !== 'oneOf') return shape;
  return { is: 'oneOf', of: [...shape.of, typed('text')] };
}

export function castTo(type: Fields | undefined): Shape {
  if (!type || !Array.isArray(type['names']) || type['setof'] === true || type['pct_type'] === true) return anyShape;
  return { is: 'type', type: qualified(type['names']), array: Array.isArray(type['arrayBounds']) };
}

/** What ANY and ALL compare with: the elements of an array. */
export function elementOf(node: unknown, places: Places): Shape {
  const [kind, fields] = opened(node);
  if (kind === 'A_ArrayExpr') return oneOf(listOf(fields['elements']), (each) => shapeOf(each, places, 1));
  const shape = shapeOf(node, places);
  return shape.is === 'literal' ? shape : { is: 'element', of: shape };
}

function part(fields: Fields, inner: (node: unknown) => Shape): Shape {
  const parts = listOf(fields['indirection']);
  const [name] = strings(parts);
  return parts.length === 1 && name !== undefined ? { is: 'field', of: inner(fields['arg']), name } : anyShape;
}

function literal(fields: Fields): Shape {
  if ('ival' in fields) return { is: 'literal', of: 'integer' };
  if ('fval' in fields) return { is: 'literal', of: 'numeric' };
  if ('boolval' in fields) return boolean;
  if ('bsval' in fields) return { is: 'literal', of: 'bits' };
  return unknown;
}

function column(fields: Fields): Shape {
  const parts = listOf(fields['fields']);
  const [last] = strings(parts.slice(-1));
  const [before] = strings(parts.slice(-2, -1));
  return last === undefined ? anyShape : { is: 'column', name: last, of: before };
}

function operation(fields: Fields, places: Places, inner: (node: unknown) => Shape): Shape {
  if (fields['kind'] === 'AEXPR_OP') return { is: 'operator', at: places.operator(fields) };
  if (fields['kind'] === 'AEXPR_NULLIF') return inner(fields['lexpr']);
  return boolean;
}

function subLink(fields: Fields, places: Places, depth: number): Shape {
  if (fields['subLinkType'] === 'ARRAY_SUBLINK' || fields['subLinkType'] === 'MULTIEXPR_SUBLINK') return anyShape;
  if (fields['subLinkType'] !== 'EXPR_SUBLINK') return boolean;
  return firstColumn(opened(fields['subselect'])[1], places, depth);
}

function oneOf(nodes: unknown[], inner: (node: unknown) => Shape): Shape {
  const shapes = nodes.filter((node) => node !== undefined).map(inner);
  return { is: 'oneOf', of: shapes };
}

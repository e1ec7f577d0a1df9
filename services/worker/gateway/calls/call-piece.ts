/** One piece of a tool call as it came; every field may be missing. */
export interface CallPiece {
  index: number | undefined;
  id: string;
  name: string;
  /** Text, or what came in its place; undefined when the piece has no arguments. */
  arguments: unknown;
  /** What the provider wants back with the call, such as Gemini's signature of a thought. */
  extra: Record<string, unknown> | undefined;
}

/** Fields beside a call that belong to it and have to come back with it. */
const extraFields = ['extra_content', 'provider_specific_fields', 'thought_signature', 'signature'];

/**
 * Reads pieces of calls in the forms that providers send: OpenAI's list, one object in its place, the older
 * `function_call`, calls without `function` around name and arguments. What is no object carries nothing.
 */
export function readCallPieces(toolCalls: unknown, functionCall?: unknown): CallPiece[] {
  const list = listOf(toolCalls).filter(isObject);
  const several = list.length > 1;
  const pieces = list.map((each, at) => readPiece(each, several ? at : undefined));
  if (isObject(functionCall)) pieces.push(readPiece({ function: functionCall }, undefined));
  return pieces.filter((piece) => piece.name !== '' || piece.id !== '' || piece.arguments !== undefined);
}

/** `place`: where the piece stands among others of one event; it counts where pieces bring no index. */
function readPiece(piece: Record<string, unknown>, place: number | undefined): CallPiece {
  const inner = [piece['function'], piece['tool'], piece['custom']].find(isObject) ?? piece;
  const id = textOf(piece['id'] ?? piece['tool_call_id'] ?? piece['call_id'] ?? piece['toolUseId']);
  return {
    index: indexOf(piece['index']) ?? (id === '' ? place : undefined),
    id,
    name: textOf(inner['name'] ?? piece['name'] ?? (typeof piece['function'] === 'string' ? piece['function'] : '')),
    arguments: inner['arguments'] ?? inner['parameters'] ?? inner['input'] ?? piece['arguments'] ?? undefined,
    extra: extraOf(piece, inner),
  };
}

function extraOf(...from: Record<string, unknown>[]): Record<string, unknown> | undefined {
  const found = from.flatMap((each) =>
    extraFields.flatMap((field) => (each[field] === undefined || each[field] === null ? [] : [[field, each[field]]])),
  );
  return found.length === 0 ? undefined : (Object.fromEntries(found) as Record<string, unknown>);
}

function indexOf(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined;
  const index = Number(value);
  return Number.isInteger(index) ? index : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [];
  const looksLikeCall = ['function', 'id', 'index', 'name', 'type'].some((field) => field in value);
  return looksLikeCall ? [value] : Object.values(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { isObject } from '#shared/ground/objects.ts';
import { readContent } from './read-content.ts';

type Fields = Record<string, unknown>;

/**
 * What a server answers to `tools/call`, in the form of the protocol: `content` as a list of well-formed parts,
 * `structuredContent` as an object. What has another form is kept as text. A result of an unknown kind stays as it is.
 */
export function readResult(result: Fields): Fields {
  const { resultType, content, structuredContent, isError, is_error: snake, toolResult } = result;
  if (resultType === 'input_required') return asksBack;
  if (resultType !== undefined && resultType !== null && resultType !== 'complete') return result;
  // MCP 2024-10-07 had `toolResult` instead of content.
  const parts = readContent(content ?? toolResult);
  const rows = structuredContent ?? undefined;
  const structured = isObject(rows);
  if (!structured && rows !== undefined && !says(parts, rows)) parts.push(text(JSON.stringify(rows)));
  return {
    ...(resultType === 'complete' && { resultType }),
    content: parts,
    ...(structured && { structuredContent: rows }),
    ...(isTrue(isError) || isTrue(snake) ? { isError: true } : {}),
  };
}

/** MCP 2026-07-28, multi round-trip requests: a call runs inside a job, where nobody can answer its server. */
const asksBack: Fields = {
  resultType: 'complete',
  isError: true,
  content: [
    {
      type: 'text',
      text: 'It was not finished: its server asks for more, and nobody can answer a server here. Say all that it needs in the arguments, or do without it.',
    },
  ],
};

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || (typeof value === 'string' && /^(?:true|yes|1)$/i.test(value.trim()));
}

function text(value: string): Fields {
  return { type: 'text', text: value };
}

/** Values of structured content that are looked for in the texts, and the share of them that must be there. */
const looked = 400;
const enough = 0.8;

/**
 * Whether the texts of a result say what its structured content says. Many servers give the rows there alone, and a
 * sentence such as "3 rows" as text.
 */
export function says(parts: readonly object[], structured: unknown): boolean {
  const words = parts.map((part) => ('text' in part && typeof part.text === 'string' ? part.text : '')).join('\n');
  const values = valuesOf(structured);
  if (values.length === 0) return true;
  const plain = words.replaceAll(/\\(["\\/])/g, '$1');
  const found = values.filter((value) => words.includes(value) || plain.includes(value));
  return found.length >= values.length * enough;
}

/** The texts and numbers in a value, each once. */
function valuesOf(value: unknown): string[] {
  const found = new Set<string>();
  const open: unknown[] = [value];
  while (open.length > 0 && found.size < looked) {
    const next = open.shift();
    if (typeof next === 'object' && next !== null) open.push(...Object.values(next).slice(0, looked));
    else if (typeof next === 'string' ? next !== '' : typeof next === 'number') found.add(String(next));
  }
  return [...found];
}

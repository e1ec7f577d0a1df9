import type { CallToolResult } from '@modelcontextprotocol/server';

type Content = CallToolResult['content'][number];

/**
 * Keeps a result within `maxBytes` of JSON. Texts are cut, with a marker that says how much is missing; other content
 * and structured content that does not fit is left out, with a note. When a tool that promises structured content loses
 * it, the result becomes an error: otherwise a client would refuse it for a broken promise.
 */
export function capResult(result: CallToolResult, maxBytes: number, promisesStructure: boolean): CallToolResult {
  if (jsonBytes(result) <= maxBytes) return result;
  // The envelope and the markers need some room too.
  let room = maxBytes - 600;
  const content: Content[] = [];
  for (const item of result.content) {
    if (room < 200) break;
    const kept = capContent(item, room);
    room -= jsonBytes(kept);
    content.push(kept);
  }
  const missing = result.content.length - content.length;
  if (missing > 0) content.push(text(`[${missing} more parts of this result were left out: it is too large]`));
  const structured = result.structuredContent;
  const keepsStructure = structured !== undefined && jsonBytes(structured) <= room;
  return {
    content,
    ...(keepsStructure && { structuredContent: structured }),
    ...(result._meta !== undefined && jsonBytes(result._meta) <= 1_000 && { _meta: result._meta }),
    ...(result.isError === true || (promisesStructure && !keepsStructure) ? { isError: true } : {}),
  };
}

function capContent(item: Content, room: number): Content {
  if (jsonBytes(item) <= room) return item;
  if (item.type !== 'text') return leftOut(item);
  const kept = cutToJson(item.text, room - 160);
  const total = Buffer.byteLength(item.text);
  return text(
    `${kept}\n[cut: the first ${Buffer.byteLength(kept)} of ${total} bytes are shown; ask for less or for the next part]`,
  );
}

/** Cuts until the text fits as JSON too, where escapes make some texts up to six times as long. */
function cutToJson(value: string, bytes: number): string {
  let kept = cutToBytes(value, bytes);
  while (kept.length > 0 && jsonBytes(kept) > bytes) {
    kept = cutToBytes(kept, Math.floor((Buffer.byteLength(kept) * bytes) / (jsonBytes(kept) + 1)));
  }
  return kept;
}

function leftOut(item: Content): Content {
  return text(`[${item.type} of ${jsonBytes(item)} bytes left out: it is too large]`);
}

function text(value: string): Content {
  return { type: 'text', text: value };
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}

/** The longest beginning of `value` that takes at most `bytes` bytes as UTF-8, without half a character. */
export function cutToBytes(value: string, bytes: number): string {
  const buffer = Buffer.from(value);
  if (buffer.length <= bytes) return value;
  let end = bytes;
  // Bytes 10xxxxxx continue a character: step back to its beginning.
  while (end > 0 && ((buffer[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return buffer.subarray(0, end).toString('utf8');
}

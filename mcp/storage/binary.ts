import { formatOf } from '#mcp/formats.ts';
import type { ObjectPart } from './part.ts';

/** How many bytes of binary data are shown. */
const PREVIEW_BYTES = 64;

/** Describes binary data in words, with its first bytes: the content itself would only fill the model's context. */
export function describeBinary(
  name: string,
  part: ObjectPart,
): { text: string; shown: { content: string; from_byte: number; to_byte: number; truncated: boolean } } {
  const preview = part.bytes.subarray(0, PREVIEW_BYTES);
  const to = part.start + preview.length;
  const hex = preview.toString('hex');
  const format = part.start === 0 ? formatOf(preview) : undefined;
  const said = [part.contentType, part.contentEncoding].filter(Boolean).join(', ');
  const text =
    `${name} is ${format ?? 'binary data'}, ${sizeText(part)}${said ? ` (stored as ${said})` : ''}, and cannot be read as text. ` +
    `[Bytes ${part.start} to ${to} of ${wholeText(part)} in hexadecimal: ${hex}]`;
  return { text, shown: { content: hex, from_byte: part.start, to_byte: to, truncated: to < part.size } };
}

/** How many bytes an object has, in words. */
export function sizeText({ storedSize }: ObjectPart): string {
  return storedSize === undefined ? 'a number of bytes that the store does not say' : `${storedSize} bytes`;
}

/** What positions in a part count in, in words. */
export function wholeText({ unpacked, size }: ObjectPart): string {
  if (unpacked === true) return 'the unpacked content';
  return Number.isFinite(size) ? `${size}` : 'an unknown number';
}

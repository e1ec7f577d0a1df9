import type { ObjectPart } from './part.ts';

/** How many bytes of binary data are shown. */
const PREVIEW_BYTES = 64;

/** First bytes of common formats. */
const formats: readonly [hex: string, name: string][] = [
  ['89504e470d0a1a0a', 'a PNG image'],
  ['ffd8ff', 'a JPEG image'],
  ['47494638', 'a GIF image'],
  ['25504446', 'a PDF document'],
  ['504b0304', 'a ZIP archive (also Office documents)'],
  ['1f8b', 'gzip-compressed data'],
  ['28b52ffd', 'Zstandard-compressed data'],
  ['377abcaf271c', 'a 7z archive'],
  ['53514c69746520666f726d6174203300', 'an SQLite database'],
  ['50415231', 'a Parquet file'],
  ['7f454c46', 'an executable'],
];

/** Describes binary data in words, with its first bytes: the content itself would only fill the model's context. */
export function describeBinary(
  name: string,
  part: ObjectPart,
): { text: string; shown: { content: string; from_byte: number; to_byte: number; truncated: boolean } } {
  const preview = part.bytes.subarray(0, PREVIEW_BYTES);
  const to = part.start + preview.length;
  const hex = preview.toString('hex');
  const format = part.start === 0 ? formats.find(([magic]) => hex.startsWith(magic))?.[1] : undefined;
  const said = [part.contentType, part.contentEncoding].filter(Boolean).join(', ');
  const text =
    `${name} is ${format ?? 'binary data'}, ${part.size} bytes${said ? ` (stored as ${said})` : ''}, and cannot be read as text. ` +
    `[Bytes ${part.start} to ${to} of ${part.size} in hexadecimal: ${hex}]`;
  return { text, shown: { content: hex, from_byte: part.start, to_byte: to, truncated: to < part.size } };
}

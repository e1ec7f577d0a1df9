/** First bytes of common formats, in hexadecimal. */
const FORMATS: readonly [hex: string, name: string][] = [
  ['89504e470d0a1a0a', 'a PNG image'],
  ['ffd8ff', 'a JPEG image'],
  ['47494638', 'a GIF image'],
  ['25504446', 'a PDF document'],
  ['504b0304', 'a ZIP archive (also Office documents)'],
  ['1f8b', 'gzip-compressed data'],
  ['28b52ffd', 'Zstandard-compressed data'],
  ['425a68', 'bzip2-compressed data'],
  ['fd377a585a00', 'xz-compressed data'],
  ['377abcaf271c', 'a 7z archive'],
  ['53514c69746520666f726d6174203300', 'an SQLite database'],
  ['50415231', 'a Parquet file'],
  ['7f454c46', 'an executable'],
  ['4d5a', 'an executable'],
  ['d0cf11e0a1b11ae1', 'an older Office document'],
  ['494433', 'an MP3 recording'],
  ['4f676753', 'an Ogg recording'],
  ['774f4646', 'a font'],
  ['774f4632', 'a font'],
];

/** What a file is by its first bytes, with its article; undefined when nothing common begins so. */
export function formatOf(start: Uint8Array): string | undefined {
  const hex = Buffer.from(start.subarray(0, 16)).toString('hex');
  if (hex.startsWith('52494646')) return hex.startsWith('57454250', 16) ? 'a WebP image' : 'a recording or film';
  if (hex.startsWith('66747970', 8)) return 'a film or picture (MP4 or HEIF)';
  return FORMATS.find(([magic]) => hex.startsWith(magic))?.[1];
}

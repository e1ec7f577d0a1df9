export type ContentKind = 'html' | 'json' | 'text' | 'binary';

const TEXT_TYPES =
  /^(?:text\/|application\/(?:xml|xhtml\+xml|javascript|ecmascript|yaml|x-yaml|toml|x-ndjson|jsonl|sql|graphql|x-sh|x-javascript|x-www-form-urlencoded)$)|\+(?:xml|yaml)$/;

/** The media type without parameters, in lower case; empty when there is none. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';')[0]!.trim().toLowerCase();
}

/**
 * Tells the kind by the declared type. The bytes are looked at only when no type is declared, so that they cannot
 * overrule a declared one.
 */
export function kindOf(contentType: string | undefined, bytes: Buffer): ContentKind {
  const type = mediaType(contentType);
  if (type === '') return guess(bytes);
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  if (!TEXT_TYPES.test(type)) return 'binary';
  return looksBinary(bytes, contentType) ? 'binary' : 'text';
}

function guess(bytes: Buffer): ContentKind {
  if (looksBinary(bytes, undefined)) return 'binary';
  const start = bytes.subarray(0, 512).toString('latin1').trimStart().toLowerCase();
  return start.startsWith('<!doctype html') || start.startsWith('<html') ? 'html' : 'text';
}

function looksBinary(bytes: Buffer, contentType: string | undefined): boolean {
  if (/utf-?(?:16|32)/i.test(contentType ?? '') || bomCharset(bytes)) return false;
  return bytes.subarray(0, 1024).includes(0);
}

function bomCharset(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  return undefined;
}

/** Decodes by byte-order mark, then the header's charset, then the page's own `<meta>`, else UTF-8. */
export function decodeText(bytes: Buffer, contentType: string | undefined): string {
  const declared = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1];
  const meta = /<meta[^>]{0,200}?charset\s*=\s*["']?([\w.:-]+)/i.exec(bytes.subarray(0, 2048).toString('latin1'))?.[1];
  return decoderFor(bomCharset(bytes) ?? declared ?? meta ?? 'utf-8').decode(bytes);
}

function decoderFor(label: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(label);
  } catch {
    // Unknown labels are common and harmless: UTF-8 is right for nearly all of these pages.
    return new TextDecoder();
  }
}

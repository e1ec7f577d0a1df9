import { setTimeout as sleep } from 'node:timers/promises';
import { speak, type Words } from '../language/say.ts';
import { decode } from '#mcp/text/charsets.ts';
import { detect } from '#mcp/text/detect.ts';

/** Why a file is not read, as the end of a sentence. */
export class UnreadError extends Error {
  readonly words: Words;
  constructor(words: Words, cause?: unknown) {
    super(words(speak('en')), { cause });
    this.words = words;
  }
}

/**
 * Downloads from Discord's CDN: only from `hosts`, without redirects, at most `maxBytes` whatever was announced, within
 * `timeoutMs`. Throws UnreadError that says what went wrong.
 */
export async function download(
  address: string,
  limits: { hosts: readonly string[]; maxBytes: number; timeoutMs?: number },
): Promise<Buffer> {
  const url = parse(address);
  if (!url || !limits.hosts.includes(url.host) || url.username !== '' || url.password !== '') {
    throw new UnreadError((say) => say('files.elsewhere'));
  }
  const stop = new AbortController();
  const { timeoutMs = 10_000 } = limits;
  const late = sleep(timeoutMs, undefined, { signal: stop.signal }).then(
    () => stop.abort(),
    () => undefined,
  );
  try {
    const response = await fetch(url, { redirect: 'error', signal: stop.signal });
    if (!response.ok || !response.body) throw unanswered(response.status);
    return await readCapped(response.body, limits.maxBytes);
  } catch (error) {
    if (error instanceof UnreadError) throw error;
    const isLate = stop.signal.aborted;
    throw new UnreadError((say) => say(isLate ? 'files.slow' : 'files.not-downloaded'), error);
  } finally {
    stop.abort();
    await late;
  }
}

function unanswered(status: number): UnreadError {
  return new UnreadError((say) => say('files.status', { code: String(status) }));
}

async function readCapped(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new UnreadError((say) => say('files.larger'));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(address: string): URL | undefined {
  const url = URL.parse(address);
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url : undefined;
}

const signatures: [string, (bytes: Buffer) => boolean][] = [
  ['image/png', (bytes) => bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))],
  ['image/jpeg', (bytes) => bytes.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'))],
  ['image/gif', (bytes) => /^GIF8[79]a/.test(bytes.toString('latin1', 0, 6))],
  ['image/webp', (bytes) => /^RIFF.{4}WEBP/s.test(bytes.toString('latin1', 0, 12))],
];

/** The type of picture that the bytes begin like; undefined when models read no such type. */
export function imageType(bytes: Buffer): string | undefined {
  return signatures.find(([, fits]) => fits(bytes))?.[0];
}

/** Decodes a text file of any encoding, by its mark or its look. Undefined when it is not text. */
export async function decodeText(bytes: Buffer): Promise<string | undefined> {
  const found = await detect(bytes, { whole: true });
  return found && decode(bytes, found.charset);
}

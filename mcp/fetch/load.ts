import { ToolError, type ToolContext } from '#mcp/kit.ts';
import { formatOf } from '#mcp/formats.ts';
import type { Room } from '#mcp/room.ts';
import { decodeText, isTextType, kindOf, mediaType } from './content.ts';
import { beginJourney, download, nextHop, type Download, type DownloadOptions } from './download.ts';
import { badStatus } from './failures.ts';
import { parseRefresh, type Forward } from './hints.ts';
import { orAbort } from './network.ts';
import type { Page, PageCache } from './pages.ts';
import type { ReadablePage } from './readable.ts';
import type { Reader } from './reader.ts';

export interface FetchContext {
  options: DownloadOptions;
  reader: Reader;
  pages: PageCache;
  room: Room;
}

/** Gets a checked address and makes a text of it. Follows a page that only forwards. Throws ToolErrors. */
export async function load(url: URL, raw: boolean, call: ToolContext, context: FetchContext): Promise<Page> {
  call.progress(`Fetching ${url.host}`);
  using share = context.room.share();
  const journey = beginJourney(url, context.options, share, call.signal);
  let page = await loadOnce(await download(url, context.options, journey), raw, call, context);
  for (;;) {
    const { forward } = page;
    if (raw || !forward || forward.url === page.url || isLeftToReader(forward, page)) return withForward(page);
    try {
      const next = nextHop(forward.url, new URL(page.url), context.options, journey);
      call.progress(`Fetching ${next.host}`);
      page = await loadOnce(await download(next, context.options, journey), raw, call, context);
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      return withForward(page, error.message);
    }
  }
}

/** A page with text that forwards after a while wants to be read before. */
function isLeftToReader({ seconds }: Forward, { content }: Page): boolean {
  return seconds > 5 && content !== '';
}

interface Loaded extends Page {
  forward?: Forward | undefined;
}

function withForward({ forward, ...page }: Loaded, problem?: string): Page {
  if (!forward || forward.url === page.url) return page;
  const after = forward.seconds > 0 ? ` after ${forward.seconds} s` : '';
  const why = problem === undefined ? 'Fetch that if it is wanted.' : `It was not followed: ${problem}`;
  return {
    ...page,
    note: [`The page forwards to ${forward.url}${after}. ${why}`, page.note].filter(Boolean).join(' '),
  };
}

async function loadOnce(got: Download, raw: boolean, call: ToolContext, context: FetchContext): Promise<Loaded> {
  if (got.status < 200 || got.status > 299) throw await badPage(got, call, context);
  const type = mediaType(got.contentType);
  const base = { url: got.url.href, status: got.status, contentType: type || 'unknown' };
  const ending = endNote(got, context.options.maxBytes);
  const refresh = got.refresh === undefined ? undefined : parseRefresh(got.refresh, got.url.href);
  if (got.bytes.length === 0) return { ...base, content: '', note: emptyNote(got), forward: refresh };
  const kind = await kindOf(got.contentType, got.bytes);
  if (kind === 'binary') return { ...base, content: '', note: binaryNote(got, base.contentType) };
  if (kind === 'text' || (kind === 'markup' && raw)) {
    const { text, note } = await decodeText(got.bytes, got.contentType);
    const declared = isTextType(type) ? '' : `It is served as ${type}, but its bytes are text.`;
    return { ...base, content: text, note: joinNotes(declared, note, ending), forward: refresh };
  }
  const { title, markdown, note, forward } = await convert(kind, got, call, context).catch((error: unknown) => {
    if (kind !== 'pdf' || ending === undefined || !(error instanceof ToolError)) throw error;
    throw new ToolError(`${ending} A PDF cannot be read without its end. Look for an HTML or text version.`);
  });
  const asHtml = kind === 'markup' && /^(?:text\/plain|application\/octet-stream)$/.test(type);
  const served = asHtml ? `It is served as ${type}, but is a page. raw=true returns its source.` : '';
  return { ...base, title, content: markdown, note: joinNotes(served, note, ending), forward: forward ?? refresh };
}

function convert(
  kind: 'markup' | 'pdf',
  got: Download,
  call: ToolContext,
  context: FetchContext,
): Promise<ReadablePage> {
  const job = { kind, bytes: got.bytes, contentType: got.contentType, url: got.url.href };
  return orAbort(context.reader.read(job, call.signal), call.signal);
}

/** An error with what its page says, as far as that can be read. */
async function badPage(got: Download, call: ToolContext, context: FetchContext): Promise<ToolError> {
  const text = await wordsOf(got, call, context).catch((error: unknown) => {
    if (error instanceof ToolError) return '';
    throw error;
  });
  return badStatus(got.status, got.url, { retryAfter: got.retryAfter, text });
}

async function wordsOf(got: Download, call: ToolContext, context: FetchContext): Promise<string> {
  const kind = got.bytes.length === 0 ? 'binary' : await kindOf(got.contentType, got.bytes);
  if (kind === 'text') return (await decodeText(got.bytes, got.contentType)).text;
  if (kind !== 'markup') return '';
  const { title, markdown } = await convert(kind, got, call, context);
  return [title, markdown].filter(Boolean).join(': ');
}

function joinNotes(...notes: (string | undefined)[]): string | undefined {
  return notes.filter(Boolean).join(' ') || undefined;
}

function emptyNote(got: Download): string {
  return `The server answered ${got.status} with nothing: the page is empty.`;
}

function binaryNote(got: Download, type: string): string {
  const size = `${got.end === 'whole' ? '' : 'over '}${got.bytes.length.toLocaleString('en')} bytes`;
  const format = formatOf(got.bytes);
  const seen = format === undefined ? '' : ` (${format})`;
  return `This is ${type}${seen}, ${size}: not text, so nothing of it is shown. Look for an HTML or text version.`;
}

function endNote(got: Download, maxBytes: number): string | undefined {
  switch (got.end) {
    case 'cap':
      return `The file is larger than ${maxBytes.toLocaleString('en')} bytes: only its beginning was read.`;
    case 'cut':
      return 'The connection ended before the file did: this is only its beginning.';
    case 'damaged':
      return 'The packed form in which the server sent it is damaged: this is only its beginning.';
    case 'whole':
      return undefined;
    default:
      return got.end satisfies never;
  }
}

import { maxTables, type AttachedTable } from '#shared/run/request.ts';
import type { IncomingAttachment } from '../discord/shown.ts';
import type { IngressConfig } from '../config.ts';
import { saidIn } from '../language/elsewhere.ts';
import type { Say, Words } from '../language/say.ts';
import { decodeText, download, UnreadError, imageType } from './files.ts';
import { kindOf, maxAnnounced, noKind, refusal } from './kinds.ts';
import { plainName } from './names.ts';
import type { FileReaders } from './readers.ts';
import type { LeftOut, TablesRead } from './tables/read.worker.ts';

export interface AttachmentLimits {
  /** Hosts (with port) of Discord's CDN. */
  hosts: readonly string[];
  maxImages: number;
  /** Characters of all text files together. */
  maxTextChars: number;
  /** Milliseconds that one download may take. */
  timeoutMs?: number;
}

export interface ReadAttachments {
  /** Texts of the files, marked as such for the model. */
  texts: string[];
  images: { url: string; mediaType: string }[];
  /** Names of the files that the images come from, in the same order. */
  imageNames: string[];
  /** Tables of the files, for tools that query them. */
  tables: AttachedTable[];
  /** What was left out, in words for the person and, in English, the model. */
  leftOut: Words[];
}

/** What `readAttachments` reads with. */
export interface Reading {
  limits: AttachmentLimits;
  readers: FileReaders;
  /** Added to the names of files that are not the question's own. */
  whose?: (index: number) => string;
  /** Tables that the question has already. */
  tables?: readonly AttachedTable[];
}

/** Bytes of an image as it goes to the model. */
const maxImageBytes = 3 * 1024 * 1024;
/** Longest edge of an image in pixels; models use no more. */
const maxEdge = 1_568;
const maxFiles = 10;
/** Characters of the packed rows of all tables of a question. */
const maxPacked = 4_000_000;

export function attachmentLimits(config: IngressConfig): AttachmentLimits {
  return {
    hosts: cdnHosts(config.DISCORD_API_BASE),
    maxImages: config.DISCORD_MAX_IMAGES,
    maxTextChars: config.DISCORD_MAX_TEXT_CHARS,
  };
}

/** Hosts that attachments are downloaded from: Discord's, or the one that plays Discord. */
function cdnHosts(apiBase: string): string[] {
  const { host, hostname } = new URL(apiBase);
  const own = /(?:^|\.)discord\.com$/.test(hostname) ? [] : [host];
  return ['cdn.discordapp.com', 'media.discordapp.net', ...own];
}

/**
 * Reads what is attached to a question: text, PDF and recordings as text, tables as such with a description, images as
 * data URLs; everything else is named and left out. Never throws: `leftOut` tells what cannot be read.
 */
export async function readAttachments(attachments: IncomingAttachment[], reading: Reading): Promise<ReadAttachments> {
  const { limits, whose = () => '', tables = [] } = reading;
  const result: ReadAttachments = { texts: [], images: [], imageNames: [], tables: [], leftOut: [] };
  const state: State = { ...reading, result, known: tables, room: limits.maxTextChars };
  for (const [index, attachment] of attachments.entries()) {
    const name = plainName(attachment.name) + whose(index);
    if (index >= maxFiles) {
      const count = attachments.length - maxFiles;
      result.leftOut.push((say) => say('files.more', { count, most: maxFiles }));
      break;
    }
    try {
      const problem = refusal(attachment);
      if (problem !== undefined) throw new UnreadError(problem);
      await readOne(attachment, name, state);
    } catch (error) {
      const why: Words = error instanceof UnreadError ? error.words : (say) => say('files.unread');
      result.leftOut.push((say) => say('files.problem', { file: name, why: why(say) }));
    }
  }
  return result;
}

interface State extends Reading {
  result: ReadAttachments;
  known: readonly AttachedTable[];
  /** Characters of text that may still come. */
  room: number;
}

async function readOne(attachment: IncomingAttachment, name: string, state: State): Promise<void> {
  const { limits, readers, result } = state;
  const kind = kindOf(attachment);
  if (kind === 'picture') {
    if (result.images.length >= limits.maxImages)
      throw new UnreadError((say) => say('files.images', { count: limits.maxImages }));
    result.images.push(await readImage(attachment, limits));
    result.imageNames.push(name);
    return;
  }
  const bytes = await download(attachment.url, { ...limits, maxBytes: maxAnnounced });
  switch (kind) {
    case 'csv':
      return addTables(await readTables(attachment, { kind, text: await textOf(bytes) }, state), name, state);
    case 'workbook':
      return addTables(await readTables(attachment, { kind: 'xlsx', bytes }, state), name, state);
    case 'pdf': {
      const { text, note } = await readers.pdf(bytes, Math.max(1_000, state.room));
      if (note !== undefined) result.leftOut.push((say) => say('files.parts', { file: name, why: saidIn(say, note) }));
      return text === '' ? undefined : addText('Attached file', name, text, state);
    }
    case 'recording':
      return addText(
        'Recording, transcribed',
        name,
        await readers.transcribe(bytes, attachment.name, attachment.contentType),
        state,
      );
    case 'unknown': {
      const text = await decodeText(bytes);
      if (text === undefined) throw new UnreadError(noKind(attachment));
      return addText('Attached file', name, text, state);
    }
    default:
      return addText('Attached file', name, await textOf(bytes), state);
  }
}

function addText(what: string, name: string, text: string, state: State): void {
  const { limits, result } = state;
  const shown = text.slice(0, Math.max(0, state.room)).toWellFormed();
  state.room -= shown.length;
  const cut = shown.length < text.length ? `\n[cut after ${shown.length} of ${text.length} characters]` : '';
  if (cut !== '') result.leftOut.push((say) => say('files.end', { file: name, count: limits.maxTextChars }));
  result.texts.push(`[${what}: ${name}]\n${shown}${cut}\n[End of ${name}]`);
}

type Source = { kind: 'csv'; text: string } | { kind: 'xlsx'; bytes: Uint8Array };

async function readTables(
  { name }: IncomingAttachment,
  source: Source,
  { readers, result, known }: State,
): Promise<TablesRead> {
  const all = [...known, ...result.tables];
  if (all.length >= maxTables) throw new UnreadError((say) => say('files.tables', { count: maxTables }));
  const room = maxPacked - all.reduce((sum, { data }) => sum + data.length, 0);
  const taken = all.map((table) => table.name);
  return readers.tables({ ...source, file: plainName(name), taken, room, most: maxTables - all.length });
}

function addTables({ tables, described, leftOut }: TablesRead, name: string, state: State): void {
  const { result } = state;
  if (tables.length === 0) throw new UnreadError((say) => say('files.no-table'));
  result.tables.push(...tables);
  result.leftOut.push(
    ...leftOut.map(
      (what): Words =>
        (say) =>
          say('files.of', { what: left(say, what), file: name }),
    ),
  );
  for (const [at, { rows, about }] of described.entries()) {
    const named = tables.length === 1 ? name : `${name}, sheet ${at + 1}`;
    addText('Attached file', named, rows, state);
    result.texts.push(`[${about}]`);
    state.room -= about.length;
  }
}

function left(say: Say, what: LeftOut): string {
  return 'rows' in what
    ? say('files.last-rows', { count: what.rows, table: what.table })
    : say('files.sheets', { count: what.sheets, most: what.most });
}

async function readImage(attachment: IncomingAttachment, limits: AttachmentLimits) {
  const bytes = await download(reencoded(attachment), { ...limits, maxBytes: maxImageBytes });
  const mediaType = imageType(bytes);
  if (mediaType === undefined) throw new UnreadError((say) => say('files.no-image'));
  return { url: `data:${mediaType};base64,${bytes.toString('base64')}`, mediaType };
}

/**
 * The address at Discord's proxy, which decodes the image and writes it anew, no larger than models use, so that
 * nothing hides in its bytes.
 */
function reencoded({ proxyUrl, url, width, height }: IncomingAttachment): string {
  const address = URL.parse(proxyUrl || url);
  if (!address) return url;
  address.searchParams.set('format', 'webp');
  if (!width || !height) return address.href;
  const scale = Math.min(1, maxEdge / Math.max(width, height));
  address.searchParams.set('width', String(Math.max(1, Math.round(width * scale))));
  address.searchParams.set('height', String(Math.max(1, Math.round(height * scale))));
  return address.href;
}

async function textOf(bytes: Buffer): Promise<string> {
  const text = await decodeText(bytes);
  if (text === undefined) throw new UnreadError((say) => say('files.no-text'));
  return text;
}

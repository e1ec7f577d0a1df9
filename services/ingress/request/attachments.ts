import path from 'node:path';
import type { IncomingAttachment } from '../discord/shown.ts';
import type { IngressConfig } from '../config.ts';
import { decodeText, download, DownloadError, imageType } from './files.ts';
import { plainName } from './names.ts';

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
  /** What was left out, in sentences for the person and the model. */
  leftOut: string[];
}

/** Bytes. It is checked before anything is downloaded; Discord's own limit is far higher for some. */
const maxAnnounced = 25 * 1024 * 1024;
/** Bytes of an image as it goes to the model. */
const maxImageBytes = 3 * 1024 * 1024;
/** Longest edge of an image in pixels; models use no more. */
const maxEdge = 1_568;
const maxFiles = 10;

const textTypes = /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|toml|javascript|x-sh|sql|x-ndjson|csv)\b)/;
const textNames = new Set(
  `.txt .md .markdown .rst .csv .tsv .json .jsonl .ndjson .yaml .yml .toml .ini .cfg .conf .env .log .xml .html .htm
  .css .js .mjs .cjs .ts .tsx .jsx .py .rb .php .java .kt .c .h .cc .cpp .hpp .cs .go .rs .swift .sh .bash .zsh .ps1
  .sql .diff .patch .tex .lua .pl .r .scala .vue .svelte .gradle .properties .dockerfile .proto .graphql`.split(/\s+/),
);

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
 * Reads what is attached to a question: text files as text, images as data URLs; everything else is named and left out.
 * `whose` is added to the names of files that are not the question's own. Never throws: `leftOut` tells what cannot be
 * read.
 */
export async function readAttachments(
  attachments: IncomingAttachment[],
  limits: AttachmentLimits,
  whose: (index: number) => string = () => '',
): Promise<ReadAttachments> {
  const result: ReadAttachments = { texts: [], images: [], imageNames: [], leftOut: [] };
  let room = limits.maxTextChars;
  for (const [index, attachment] of attachments.entries()) {
    const name = plainName(attachment.name) + whose(index);
    if (index >= maxFiles) {
      result.leftOut.push(`${attachments.length - maxFiles} more files (at most ${maxFiles} a question)`);
      break;
    }
    try {
      const problem = refusal(attachment);
      if (problem !== undefined) throw new DownloadError(problem);
      if (isPicture(attachment)) {
        if (result.images.length >= limits.maxImages)
          throw new DownloadError(`at most ${limits.maxImages} images a question`);
        result.images.push(await readImage(attachment, limits));
        result.imageNames.push(name);
        continue;
      }
      const text = await readText(attachment, limits);
      const shown = text.slice(0, Math.max(0, room)).toWellFormed();
      room -= shown.length;
      const cut = shown.length < text.length ? `\n[cut after ${shown.length} of ${text.length} characters]` : '';
      if (cut !== '') result.leftOut.push(`the end of ${name} (at most ${limits.maxTextChars} characters of files)`);
      result.texts.push(`[Attached file: ${name}]\n${shown}${cut}\n[End of ${name}]`);
    } catch (error) {
      const why = error instanceof DownloadError ? error.message : 'it could not be read';
      result.leftOut.push(`${name}: ${why}`);
    }
  }
  return result;
}

/** Why a file is refused before it is downloaded; undefined when it is not. */
function refusal(attachment: IncomingAttachment): string | undefined {
  if (attachment.size <= 0) return 'it is empty';
  if (attachment.size > maxAnnounced) return 'it is larger than 25 MiB';
  if (attachment.voice) return 'I cannot listen to voice messages';
  if (attachment.contentType.startsWith('image/svg')) return 'SVG is not an image that I can look at';
  if (isPicture(attachment) || isText(attachment)) return undefined;
  return 'I read text files and images (PNG, JPEG, GIF, WebP) only';
}

/** Whether it is an image of a kind that models see, by Discord's word or its name. */
export function isPicture({ contentType, name }: IncomingAttachment): boolean {
  if (contentType === '') return /\.(?:png|jpe?g|gif|webp)$/i.test(name);
  return /^image\/(?:png|jpe?g|gif|webp)\b/.test(contentType);
}

function isText(attachment: IncomingAttachment): boolean {
  return textTypes.test(attachment.contentType) || textNames.has(path.extname(attachment.name).toLowerCase());
}

async function readImage(attachment: IncomingAttachment, limits: AttachmentLimits) {
  const bytes = await download(reencoded(attachment), { ...limits, maxBytes: maxImageBytes });
  const mediaType = imageType(bytes);
  if (mediaType === undefined) throw new DownloadError('its content is not an image');
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

async function readText(attachment: IncomingAttachment, limits: AttachmentLimits): Promise<string> {
  const bytes = await download(attachment.url, { ...limits, maxBytes: maxAnnounced });
  const text = decodeText(bytes);
  if (text === undefined) throw new DownloadError('its content is not text');
  return text;
}

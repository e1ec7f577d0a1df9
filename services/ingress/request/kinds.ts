import path from 'node:path';
import type { Words } from '../language/say.ts';
import type { IncomingAttachment } from '../discord/shown.ts';

/** How a file is read. `unknown`: only a look inside tells whether it is text. */
export type FileKind = 'picture' | 'csv' | 'workbook' | 'pdf' | 'recording' | 'text' | 'unknown';

/** Bytes. It is checked before anything is downloaded; Discord's own limit is far higher for some. */
export const maxAnnounced = 25 * 1024 * 1024;

const textTypes = /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|toml|javascript|x-sh|sql|x-ndjson)\b)/;
const textNames = new Set(
  `.txt .md .markdown .rst .json .jsonl .ndjson .yaml .yml .toml .ini .cfg .conf .env .log .xml .html .htm
  .css .js .mjs .cjs .ts .tsx .jsx .py .rb .php .java .kt .c .h .cc .cpp .hpp .cs .go .rs .swift .sh .bash .zsh .ps1
  .sql .diff .patch .tex .lua .pl .r .scala .vue .svelte .gradle .properties .dockerfile .proto .graphql`.split(/\s+/),
);
/** What Discord says of files whose names tell nothing: `Dockerfile`, `.gitignore`, a letter. */
const unknownTypes = /^(?:$|application\/octet-stream\b|message\/)/;
/** Bytes of a file that is looked into. */
const maxUnknown = 1024 * 1024;
/** Files that hold no text, whatever Discord says of them. */
const binaryNames =
  /\.(?:exe|dll|so|dylib|bin|msi|apk|jar|zip|7z|rar|t?gz|bz2|xz|zst|docx?|pptx?|xls|ods|odt|odp|hei[cf]|avif|bmp|tiff?|psd|ico|mp[34]|mov|mkv|avi|webm|iso|dmg|[ot]tf|woff2?|db|sqlite3?|pyc|class|wasm)$/i;
const oldTables = /\.(?:xls|ods)$/i;
const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** How a file is read, by Discord's word and its name; undefined for those that are not read. */
export function kindOf(attachment: IncomingAttachment): FileKind | undefined {
  const { contentType, name, voice } = attachment;
  const ending = path.extname(name).toLowerCase();
  if (voice || contentType.startsWith('audio/')) return 'recording';
  if (isPicture(attachment)) return 'picture';
  if (['.csv', '.tsv'].includes(ending) || /^(?:text|application)\/csv\b|^text\/tab-separated/.test(contentType)) {
    return 'csv';
  }
  if (['.xlsx', '.xlsm'].includes(ending) || contentType.startsWith(workbookType)) return 'workbook';
  if (ending === '.pdf' || contentType.startsWith('application/pdf')) return 'pdf';
  if (textTypes.test(contentType) || textNames.has(ending)) return 'text';
  const isUnknown = unknownTypes.test(contentType) && !binaryNames.test(name) && attachment.size <= maxUnknown;
  return isUnknown ? 'unknown' : undefined;
}

/** Whether it is an image of a kind that models see, by Discord's word or its name. */
export function isPicture({ contentType, name }: IncomingAttachment): boolean {
  if (contentType === '') return /\.(?:png|jpe?g|gif|webp)$/i.test(name);
  return /^image\/(?:png|jpe?g|gif|webp)\b/.test(contentType);
}

/** Why a file is refused before it is downloaded; undefined when it is not. */
export function refusal(attachment: IncomingAttachment): Words | undefined {
  if (attachment.size <= 0) return (say) => say('files.empty');
  if (attachment.size > maxAnnounced) return (say) => say('files.too-large', { most: maxAnnounced / 1_024 / 1_024 });
  if (attachment.contentType.startsWith('image/svg')) return (say) => say('files.svg');
  return kindOf(attachment) === undefined ? noKind(attachment) : undefined;
}

/** Why a file of no kind that is read is refused. */
export function noKind({ name }: IncomingAttachment): Words {
  return (say) => say(oldTables.test(name) ? 'files.old-tables' : 'files.kinds');
}

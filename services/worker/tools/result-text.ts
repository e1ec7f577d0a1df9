import { randomUUID } from 'node:crypto';
import type { Picture, ResultSize } from '#shared/run/journal-entries.ts';
import { collectPictures, type PictureCollector } from './pictures.ts';
import { sizeOf } from './result-size.ts';
import type { OfferedTool } from './toolbox.ts';

interface Block {
  type?: unknown;
  text?: unknown;
  mimeType?: unknown;
  data?: unknown;
  uri?: unknown;
  name?: unknown;
  size?: unknown;
  resource?: { uri?: unknown; text?: unknown; blob?: unknown; mimeType?: unknown };
}

/** What a model reads of a result, and the pictures that the text names. */
export interface ResultReading {
  text: string;
  pictures: Picture[];
  size?: ResultSize;
}

/** Reads a tool's result. Other content than text is described in its place; without text, structured content counts. */
export function readResult(tool: string, result: Record<string, unknown>): ResultReading {
  const collector = collectPictures(tool);
  const blocks = Array.isArray(result['content']) ? (result['content'] as (Block | null)[]) : [];
  const texts = blocks.flatMap((block) => (block ? [blockText(block, collector)] : [])).filter((text) => text !== '');
  const structured = result['structuredContent'];
  const hasText = blocks.some((block) => typeof block?.text === 'string' && block.text !== '');
  if (structured !== undefined && !hasText) texts.push(JSON.stringify(structured));
  const size = sizeOf(structured);
  return { text: texts.join('\n'), pictures: collector.taken, ...(size && { size }) };
}

function blockText(block: Block, pictures: PictureCollector): string {
  switch (block.type) {
    case 'text':
      return typeof block.text === 'string' ? block.text : '';
    case 'image': {
      const picture = pictures.take(block.mimeType, block.data);
      if (picture) return `[picture ${picture.name}: ${picture.mimeType}, ${picture.bytes} bytes]`;
      return `[a picture, ${plain(block.mimeType)}, ${bytesOf(block.data)} bytes: it cannot be shown here]`;
    }
    case 'audio':
      return `[${block.type}, ${plain(block.mimeType)}, ${bytesOf(block.data)} bytes: it cannot be shown here]`;
    case 'resource_link':
      return `[a resource: ${[block.name, block.uri, block.mimeType].filter(isText).map(plain).join(', ')}${sizeText(block.size)}]`;
    case 'resource': {
      const { uri, text, blob, mimeType } = block.resource ?? {};
      if (typeof text === 'string') return `[${plain(uri)}]\n${text}`;
      return `[${plain(uri)}, ${plain(mimeType)}, ${bytesOf(blob)} bytes: it cannot be shown here]`;
    }
    default:
      return `[content of the kind ${plain(block.type)}: it cannot be shown here]`;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function sizeText(size: unknown): string {
  return typeof size === 'number' ? `, ${size} bytes` : '';
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 500) : 'unknown';
}

function bytesOf(base64: unknown): number {
  return typeof base64 === 'string' ? Math.floor((base64.length * 3) / 4) : 0;
}

/**
 * Marks text from outside as data, and cuts it to `maxChars`. The marks carry a random number that is made after the
 * text came, so that nothing within the text can end them early.
 */
export function asData(tool: OfferedTool, text: string, maxChars: number): string {
  const nonce = randomUUID().slice(-12);
  const kept = readable(cut(text, maxChars));
  const rest = text.length > maxChars ? `\n${cutMarker(tool, kept.length, text.length)}` : '';
  const body = kept === '' ? '(empty)' : kept;
  return `<data-${nonce} from="${tool.name}">\n${body}\n</data-${nonce}>${rest}`;
}

/**
 * Removes half characters, which providers refuse, and controls and the invisible tag characters, which a person who
 * reads the same text would not see.
 */
function readable(text: string): string {
  return text.replaceAll(/(?![\n\r\t])\p{Cc}|[\u{E0000}-\u{E007F}]/gu, '').toWellFormed();
}

/** The first `maxChars` UTF-16 units, without half a character. */
function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const last = text.charCodeAt(maxChars - 1);
  const splits = last >= 0xd8_00 && last <= 0xdb_ff;
  return text.slice(0, splits ? maxChars - 1 : maxChars);
}

/** Arguments with which tools usually return less, or the next part. */
const narrowing =
  /(^|_)(limit|offset|start|index|page|cursor|token|head|tail|max|min|end|after|before|first|last|prefix|pattern|query|filter)/;

function cutMarker(tool: OfferedTool, shown: number, total: number): string {
  const names = Object.keys(tool.inputSchema['properties'] ?? {}).filter((name) => narrowing.test(name));
  const how =
    names.length > 0
      ? `call ${tool.name} again with other values for ${names.join(', ')}`
      : `call ${tool.name} again and ask for less`;
  return `[Cut: ${shown} of ${total} characters are shown. To get the rest, ${how}.]`;
}

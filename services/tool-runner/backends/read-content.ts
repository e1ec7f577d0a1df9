import { isObject } from '#shared/ground/objects.ts';

type Fields = Record<string, unknown>;

/** Characters of content of an unknown kind that are passed on as text. */
const oddMax = 20_000;

/**
 * The parts of a result's content, each in the form of the protocol. Servers also send one part alone, a plain text,
 * numbers, or nothing. What cannot be read as its kind becomes text.
 */
export function readContent(content: unknown): Fields[] {
  if (content === undefined || content === null) return [];
  const list = Array.isArray(content) ? (content as unknown[]) : [content];
  return list.flatMap((part) => (part === null || part === undefined ? [] : [readPart(part)]));
}

function readPart(part: unknown): Fields {
  if (!isObject(part)) return text(part);
  switch (typeOf(part)) {
    case 'text':
      return text(part['text'] ?? part['content'] ?? part['value'] ?? part['data'] ?? '');
    case 'image':
    case 'audio':
      return readMedia(typeOf(part), part);
    case 'resource':
      return readResource(part);
    case 'resource_link':
      return readLink(part);
    default:
      return text(part);
  }
}

function typeOf(part: Fields): string {
  const { type } = part;
  if (typeof type === 'string' && type !== '') return type.toLowerCase().replaceAll('-', '_');
  if (typeof part['text'] === 'string') return 'text';
  return isObject(part['resource']) ? 'resource' : 'unknown';
}

function text(value: unknown): Fields {
  const words = typeof value === 'string' ? value : (JSON.stringify(value) ?? '').slice(0, oddMax);
  return { type: 'text', text: words };
}

/** RFC 2397: some servers send a data URL where the protocol wants base64 alone. */
const dataUrl = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[^,;]*)*?(;base64)?,/i;

function readMedia(type: string, part: Fields): Fields {
  const source = isObject(part['source']) ? part['source'] : part;
  const given = source['data'] ?? source['base64'] ?? part['blob'];
  if (typeof given !== 'string' || given === '') return text(part);
  const [head = '', typeInUrl, base64] = dataUrl.exec(given.slice(0, 500)) ?? [];
  const rest = given.slice(head.length);
  const data = head !== '' && base64 === undefined ? Buffer.from(decoded(rest)).toString('base64') : plainBase64(rest);
  const declared = part['mimeType'] ?? part['mime_type'] ?? source['media_type'] ?? source['mimeType'] ?? typeInUrl;
  return { type, data, mimeType: mimeTypeOf(declared, type, data) };
}

function decoded(percent: string): string {
  try {
    return decodeURIComponent(percent);
  } catch {
    return percent;
  }
}

/** Base64 without line breaks and in the usual alphabet. */
function plainBase64(value: string): string {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(value)
    ? value
    : value.replaceAll(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/');
}

/** How the base64 of each kind of picture begins. */
const beginnings: Record<string, RegExp> = {
  'image/png': /^iVBORw0KGgo/,
  'image/jpeg': /^\/9j\//,
  'image/gif': /^R0lGOD/,
  'image/webp': /^UklGR.{8}V0VCU/,
};

function mimeTypeOf(declared: unknown, type: string, data: string): string {
  const seen = Object.entries(beginnings).find(([, begins]) => begins.test(data))?.[0];
  const said = typeof declared === 'string' ? declared.trim().toLowerCase() : '';
  // "png", "jpg": a file's ending instead of a type.
  const whole = said === '' || said.includes('/') ? said : `${type}/${said}`;
  const known = whole === 'image/jpg' ? 'image/jpeg' : whole;
  return type === 'image' && seen !== undefined ? seen : known || 'application/octet-stream';
}

function readResource(part: Fields): Fields {
  // Some servers leave the level `resource` out.
  const resource = isObject(part['resource']) ? part['resource'] : part;
  const { uri, text: words, blob, mimeType } = resource;
  const place = typeof uri === 'string' ? uri : 'unknown:';
  const type = typeof mimeType === 'string' ? { mimeType } : {};
  if (typeof words === 'string') return { type: 'resource', resource: { uri: place, ...type, text: words } };
  const decodedText = typeof blob === 'string' ? textOf(blob, mimeType) : undefined;
  if (decodedText !== undefined) return { type: 'resource', resource: { uri: place, ...type, text: decodedText } };
  if (typeof blob === 'string') return { type: 'resource', resource: { uri: place, ...type, blob } };
  return typeof uri === 'string' ? readLink(resource) : text(part);
}

const textTypes = /^(?:text\/|application\/(?:[\w.-]+\+)?(?:json|xml|yaml|x-yaml|toml|javascript|sql)\b)/i;

/** What is a text by its type, although it was sent as bytes. */
function textOf(blob: string, mimeType: unknown): string | undefined {
  if (typeof mimeType !== 'string' || !textTypes.test(mimeType)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(plainBase64(blob), 'base64'));
  } catch {
    return undefined;
  }
}

function readLink(part: Fields): Fields {
  const { uri, name, title, mimeType, size } = part;
  if (typeof uri !== 'string') return text(part);
  return {
    type: 'resource_link',
    uri,
    name: typeof name === 'string' && name !== '' ? name : typeof title === 'string' ? title : uri,
    ...(typeof mimeType === 'string' && { mimeType }),
    ...(typeof size === 'number' && { size }),
  };
}

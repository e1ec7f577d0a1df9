import type { IncomingMessage } from 'node:http';
import busboy from 'busboy';
import type { Json } from '../state/types.ts';
import { DiscordError, refuse } from './errors.ts';

export interface Upload {
  /** The n of files[n]; -1 for parts with another name. */
  index: number;
  filename: string;
  contentType: string;
  bytes: Buffer;
}

export interface RequestBody {
  json: Json;
  uploads: Upload[];
}

/** The largest file that a bot may send to a server without boosts. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;
const MAX_JSON_BYTES = 8 * 1024 * 1024;
const MAX_PARTS = 30;

/** Reads JSON or multipart/form-data (payload_json and files[n]). An empty body becomes {}. */
export async function readBody(request: IncomingMessage): Promise<RequestBody> {
  const type = request.headers['content-type'] ?? '';
  if (type.startsWith('multipart/form-data')) return readMultipart(request);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_JSON_BYTES) chunks.push(chunk);
  }
  if (size > MAX_JSON_BYTES) throw refuse('fileTooLarge');
  return { json: parseJson(Buffer.concat(chunks).toString('utf8')), uploads: [] };
}

function parseJson(text: string): Json {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    // PUT .../commands sends a list; handlers find it as `list`.
    if (Array.isArray(value)) return { list: value };
    if (typeof value === 'object' && value !== null) return value as Json;
  } catch {
    throw refuse('invalidJson');
  }
  throw refuse('invalidJson');
}

function readMultipart(request: IncomingMessage): Promise<RequestBody> {
  return new Promise((resolve, reject) => {
    const fields = new Map<string, string>();
    const uploads: Upload[] = [];
    let tooLarge = false;
    const limits = { fileSize: MAX_FILE_BYTES, files: MAX_PARTS, parts: MAX_PARTS, fieldSize: MAX_JSON_BYTES };
    const parser = busboy({ headers: request.headers, defParamCharset: 'utf8', limits });
    parser.on('field', (name, value) => fields.set(name, value));
    parser.on('file', (name, stream, info) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('limit', () => {
        tooLarge = true;
      });
      stream.on('end', () => {
        const index = Number(/^files\[(\d+)\]$/.exec(name)?.[1] ?? -1);
        uploads.push({
          index,
          filename: info.filename ?? 'file',
          contentType: info.mimeType,
          bytes: Buffer.concat(chunks),
        });
      });
    });
    parser.on('error', () => reject(new DiscordError(400, 50035, 'Invalid Form Body')));
    parser.on('close', () => {
      if (tooLarge) return reject(refuse('fileTooLarge'));
      try {
        resolve({ json: payloadOf(fields), uploads });
      } catch (error) {
        reject(error);
      }
    });
    request.on('error', reject);
    request.pipe(parser);
  });
}

function payloadOf(fields: Map<string, string>): Json {
  const payload = fields.get('payload_json');
  return payload === undefined ? Object.fromEntries(fields) : parseJson(payload);
}

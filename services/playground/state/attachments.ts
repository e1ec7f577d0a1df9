import { extname } from 'node:path';
import { imageSize } from './image-size.ts';
import type { Attachment } from './types.ts';
import type { World } from './world.ts';

/** The type that Discord serves a file with, by its name, when the sender did not give one. */
const TYPES: Record<string, string> = {
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.log': 'text/plain; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.xml': 'application/xml',
  '.yaml': 'application/x-yaml',
  '.yml': 'application/x-yaml',
  '.pdf': 'application/pdf',
  '.zip': 'application/zip',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.mp4': 'video/mp4',
};

export interface NewFile {
  filename: string;
  bytes: Buffer;
  contentType?: string;
  description?: string;
  ephemeral?: boolean;
}

/** Keeps the bytes and returns the attachment that points to them. */
export function storeFile(world: World, channelId: string, file: NewFile): Attachment {
  const id = world.newId();
  const filename = file.filename.replaceAll(/\s+/g, '_').replaceAll(/[^\w.-]/gu, '') || 'file';
  const guessed = TYPES[extname(filename).toLowerCase()];
  const named = file.contentType === 'application/octet-stream' ? undefined : file.contentType;
  const contentType = named ?? guessed ?? 'application/octet-stream';
  const path = `/attachments/${channelId}/${id}/${filename}`;
  world.files.set(path, { bytes: file.bytes, contentType, filename });
  return {
    id,
    filename,
    size: file.bytes.length,
    content_type: contentType,
    path,
    ...(filename !== file.filename && { title: file.filename }),
    ...(file.description !== undefined && { description: file.description }),
    ...(contentType.startsWith('image/') && imageSize(file.bytes)),
    ...(file.ephemeral === true && { ephemeral: true }),
  };
}

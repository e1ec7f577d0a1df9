import { storeFile } from '../state/attachments.ts';
import type { Attachment, Json } from '../state/types.ts';
import type { World } from '../state/world.ts';
import { MAX_FILE_BYTES, type Upload } from './body.ts';
import { invalidForm, refuse } from './errors.ts';

/**
 * Stores the uploaded files and returns their attachments. `listed` is the request's `attachments`: an entry whose id
 * is n describes files[n], and may name it.
 */
export function storeUploads(
  world: World,
  channelId: string,
  uploads: Upload[],
  listed: unknown,
  ephemeral = false,
): Attachment[] {
  const entries = Array.isArray(listed) ? (listed as Json[]) : [];
  return uploads.map((upload) => {
    if (upload.bytes.length > MAX_FILE_BYTES) throw refuse('fileTooLarge');
    const entry = entries.find((item) => String(item['id']) === String(upload.index));
    const description = typeof entry?.['description'] === 'string' ? entry['description'] : undefined;
    if (description !== undefined && description.length > 1024) {
      throw invalidForm('attachments', 'BASE_TYPE_MAX_LENGTH', 'Must be 1024 or fewer in length.');
    }
    return storeFile(world, channelId, {
      filename: typeof entry?.['filename'] === 'string' ? entry['filename'] : upload.filename,
      bytes: upload.bytes,
      contentType: upload.contentType,
      ...(description !== undefined && { description }),
      ...(ephemeral && { ephemeral }),
    });
  });
}

/** The attachments after an edit: those listed by their ids stay, the others go, and uploads are added. */
export function editedAttachments(
  world: World,
  channelId: string,
  current: Attachment[],
  uploads: Upload[],
  listed: unknown,
): Attachment[] | undefined {
  if (listed === undefined && uploads.length === 0) return undefined;
  const ids = Array.isArray(listed) ? (listed as Json[]).map((entry) => String(entry['id'])) : undefined;
  const kept = ids ? current.filter((attachment) => ids.includes(attachment.id)) : current;
  return [...kept, ...storeUploads(world, channelId, uploads, listed)];
}

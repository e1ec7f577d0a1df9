import type { RawFile } from 'discord.js';
import type { Picture, StoredEntry } from '#shared/run/journal-entries.ts';

/** Discord takes ten files in a message; tables and the whole answer need some places. */
const most = 6;
/** Bytes of all pictures: without a boost Discord takes ten million in a message. */
const mostBytes = 8_000_000;

/** The newest pictures that tools returned in a run, as files for the message of its answer. */
export function pictureFiles(journal: readonly StoredEntry[]): RawFile[] {
  const pictures = journal.flatMap(({ entry }) => (entry.type === 'tool.finished' ? (entry.pictures ?? []) : []));
  const names = new Map<string, number>();
  let bytes = 0;
  return lastOf(pictures).flatMap(({ name, mimeType, data }) => {
    if (data === undefined) return [];
    const file = Buffer.from(data, 'base64');
    bytes += file.length;
    if (bytes > mostBytes) return [];
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    return [{ name: count === 1 ? name : name.replace(/(\.\w+)$/, `-${count}$1`), data: file, contentType: mimeType }];
  });
}

/** The newest, without those that are the same as a later one. */
function lastOf(pictures: Picture[]): Picture[] {
  return pictures.filter(({ data }, at) => !pictures.slice(at + 1).some((later) => later.data === data)).slice(-most);
}

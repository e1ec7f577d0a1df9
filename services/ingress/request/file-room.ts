import { roomFor } from '#shared/ground/memory.ts';
import type { IncomingAttachment } from '../discord/shown.ts';

/** Bytes of files, as announced, that are held at once. As bytes, text, JSON and a command to Redis they take several times that. */
const most = roomFor(32 * 1024 * 1024);

interface Waiting {
  bytes: number;
  go(): void;
}

const waiting: Waiting[] = [];
let held = 0;

/**
 * Runs `work`, which reads these files and stores what it read, when there is room for them in this process' memory: in
 * order of arrival, and at once when there are none. Files larger than the whole room have it for themselves.
 */
export async function withRoomFor<T>(files: readonly IncomingAttachment[], work: () => Promise<T>): Promise<T> {
  const bytes = Math.min(most, Math.max(0, ...files.map(({ size }) => size)) + imageBytes(files));
  if (bytes === 0) return work();
  await enter(bytes);
  try {
    return await work();
  } finally {
    held -= bytes;
    admit();
  }
}

/** Texts are read one by one and cut; images stay as they are until the question is stored. */
function imageBytes(files: readonly IncomingAttachment[]): number {
  const images = files.filter(({ contentType }) => contentType.startsWith('image/'));
  return images.reduce((sum, { size }) => sum + size, 0);
}

function enter(bytes: number): Promise<void> {
  return new Promise((go) => {
    waiting.push({ bytes, go });
    admit();
  });
}

function admit(): void {
  for (let [next] = waiting; next && held + next.bytes <= most; [next] = waiting) {
    waiting.shift();
    held += next.bytes;
    next.go();
  }
}

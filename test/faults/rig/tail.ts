import { closeSync, existsSync, openSync, readSync } from 'node:fs';

/** Reads the lines that were appended to a witness since the last look. */
export function createTail<Line>(file: string): () => Line[] {
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  const buffer = Buffer.alloc(1 << 16);
  return () => {
    if (!existsSync(file)) return [];
    const fd = openSync(file, 'r');
    try {
      const chunks: Buffer[] = [];
      for (let read = readSync(fd, buffer, 0, buffer.length, offset); read > 0;) {
        chunks.push(Buffer.from(buffer.subarray(0, read)));
        offset += read;
        read = readSync(fd, buffer, 0, buffer.length, offset);
      }
      if (chunks.length === 0) return [];
      const bytes = Buffer.concat([rest, ...chunks]);
      // A line or character that is not complete yet stays for the next look.
      const end = bytes.lastIndexOf(0x0a) + 1;
      rest = bytes.subarray(end);
      return bytes
        .toString('utf8', 0, end)
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Line);
    } finally {
      closeSync(fd);
    }
  };
}

import { closeSync, existsSync, openSync, readSync } from 'node:fs';

/** Reads the lines that were appended to a witness since the last look. */
export function createTail<Line>(file: string): () => Line[] {
  let offset = 0;
  let rest = '';
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
      // Witness lines are JSON in ASCII or UTF-8 written whole; a cut character at the end waits in `rest`.
      const text = rest + Buffer.concat(chunks).toString('utf8');
      const end = text.lastIndexOf('\n') + 1;
      rest = text.slice(end);
      return text
        .slice(0, end)
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Line);
    } finally {
      closeSync(fd);
    }
  };
}

import type { JournalEntry, JournalEntryInput, Picture, StoredEntry } from './journal-entries.ts';

/** Characters of a result that stand in the journal; longer ones stand beside it, so that reading it stays cheap. */
const maxInline = 16_000;
/** Characters of a longer result that the journal shows. */
const previewChars = 2_000;
/** Characters of long results that one command reads, unless one has more: Redis serves others between two commands. */
const pageChars = 1_000_000;

/** What stands beside the journal, in the run's hash of results. */
interface Part {
  field: string;
  text: string;
}

interface Apart {
  /** The entry as it goes into the journal. */
  entry: JournalEntryInput;
  parts: Part[];
}

/** Takes a long result and pictures out of their entry; undefined for entries without any. */
export function takeApart(entry: JournalEntryInput): Apart | undefined {
  const content = contentOf(entry);
  const isLong = content !== undefined && content.length > maxInline;
  const pictures = picturesOf(entry).flatMap(({ data }, at) =>
    data === undefined ? [] : [{ field: `${fieldOf(entry)}:picture:${at}`, text: data }],
  );
  if (!isLong && pictures.length === 0) return undefined;
  return {
    entry: withoutData(isLong ? withContent(entry, preview(content), content.length) : entry),
    parts: [...(isLong ? [{ field: fieldOf(entry), text: content }] : []), ...pictures],
  };
}

/** The entry without the text of its result or thought, for readers that only ask what has become of a run. */
export function withoutContent(entry: JournalEntry): JournalEntry {
  if (entry.type === 'model.answered' && entry.thought) {
    const { thought: _thought, ...rest } = entry;
    return rest;
  }
  return contentOf(entry) === undefined ? entry : (withContent(entry, '') as JournalEntry);
}

/** Something that was taken out of an entry. */
interface Missing {
  stored: StoredEntry;
  field: string;
  chars: number;
  /** The entry with it. */
  put(entry: JournalEntry, text: string): JournalEntry;
}

/**
 * Puts long results and pictures back into the entries that they were taken out of, in place. An entry whose result is
 * gone keeps its preview. `read` gets the values of some fields of the run's hash of results.
 */
export async function rejoin(
  stored: StoredEntry[],
  read: (fields: string[]) => Promise<(string | null | undefined)[]>,
): Promise<void> {
  for (const some of pagesOf(stored.flatMap(missingIn))) {
    const texts = await read(some.map(({ field }) => field));
    for (const [index, each] of some.entries()) {
      const text = texts[index];
      if (typeof text === 'string') each.stored.entry = each.put(each.stored.entry, text);
    }
  }
}

function missingIn(stored: StoredEntry): Missing[] {
  const { entry } = stored;
  const field = fieldOf(entry);
  const chars = sizeOf(entry);
  const content: Missing[] =
    chars > 0 ? [{ stored, field, chars, put: (to, text) => withContent(to, text) as JournalEntry }] : [];
  const pictures = picturesOf(entry).map(({ bytes }, at) => ({
    stored,
    field: `${field}:picture:${at}`,
    chars: Math.ceil(bytes / 3) * 4,
    put: (to: JournalEntry, data: string) => withData(to, at, data),
  }));
  return [...content, ...pictures];
}

function pagesOf(missing: Missing[]): Missing[][] {
  const pages: Missing[][] = [];
  let chars = Infinity;
  for (const each of missing) {
    if (chars + each.chars > pageChars) {
      pages.push([]);
      chars = 0;
    }
    pages.at(-1)?.push(each);
    chars += each.chars;
  }
  return pages;
}

function picturesOf(entry: JournalEntryInput): Picture[] {
  return entry.type === 'tool.finished' ? (entry.pictures ?? []) : [];
}

function withoutData(entry: JournalEntryInput): JournalEntryInput {
  if (entry.type !== 'tool.finished' || !entry.pictures) return entry;
  return { ...entry, pictures: entry.pictures.map(({ data: _data, ...picture }) => picture) };
}

function withData(entry: JournalEntry, at: number, data: string): JournalEntry {
  if (entry.type !== 'tool.finished' || !entry.pictures) return entry;
  return {
    ...entry,
    pictures: entry.pictures.map((picture, index) => (index === at ? { ...picture, data } : picture)),
  };
}

/** Cuts between characters, not within one. */
function preview(content: string): string {
  return content.slice(0, previewChars).replace(/[\uD800-\uDBFF]$/, '');
}

function contentOf(entry: JournalEntryInput): string | undefined {
  if (entry.type === 'tool.finished') return entry.content;
  return entry.type === 'replay.recorded' ? entry.result?.content : undefined;
}

/** Characters of the whole content that stands beside the journal; 0 when the content is in the journal. */
function sizeOf(entry: JournalEntry): number {
  if (entry.type === 'tool.finished') return entry.apart ?? 0;
  return entry.type === 'replay.recorded' ? (entry.result?.apart ?? 0) : 0;
}

function fieldOf(entry: JournalEntryInput): string {
  if (entry.type === 'replay.recorded') return `recorded:${entry.run}:${entry.step}:${entry.call}`;
  return entry.type === 'tool.finished' ? `result:${entry.step}:${entry.call}` : '';
}

function withContent(entry: JournalEntryInput, content: string, apart?: number): JournalEntryInput {
  if (entry.type === 'tool.finished') {
    const { apart: _, ...rest } = entry;
    return { ...rest, content, ...(apart !== undefined && { apart }) };
  }
  if (entry.type !== 'replay.recorded' || !entry.result) return entry;
  const { apart: _, ...result } = entry.result;
  return { ...entry, result: { ...result, content, ...(apart !== undefined && { apart }) } };
}

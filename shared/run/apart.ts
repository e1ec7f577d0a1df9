import type { JournalEntry, JournalEntryInput, StoredEntry } from './journal-entries.ts';

/** Characters of a result that stand in the journal; longer ones stand beside it, so that reading it stays cheap. */
const maxInline = 16_000;
/** Characters of a longer result that the journal shows. */
const previewChars = 2_000;
/** Characters of long results that one command reads, unless one has more: Redis serves others between two commands. */
const pageChars = 1_000_000;

interface Apart {
  /** The entry as it goes into the journal. */
  entry: JournalEntryInput;
  /** Where the whole content stands in the run's hash of results. */
  field: string;
  content: string;
}

/** Takes a long result out of its entry; undefined for entries without one. */
export function takeApart(entry: JournalEntryInput): Apart | undefined {
  const content = contentOf(entry);
  if (content === undefined || content.length <= maxInline) return undefined;
  return { entry: withContent(entry, preview(content), content.length), field: fieldOf(entry), content };
}

/** The entry without the text of its result or thought, for readers that only ask what has become of a run. */
export function withoutContent(entry: JournalEntry): JournalEntry {
  if (entry.type === 'model.answered' && entry.thought) {
    const { thought: _thought, ...rest } = entry;
    return rest;
  }
  return contentOf(entry) === undefined ? entry : (withContent(entry, '') as JournalEntry);
}

/**
 * Puts long results back into the entries that they were taken out of, in place. An entry whose result is gone keeps
 * its preview. `read` gets the values of some fields of the run's hash of results.
 */
export async function rejoin(
  stored: StoredEntry[],
  read: (fields: string[]) => Promise<(string | null | undefined)[]>,
): Promise<void> {
  for (const some of pagesOf(stored.filter(({ entry }) => sizeOf(entry) > 0))) {
    const contents = await read(some.map(({ entry }) => fieldOf(entry)));
    for (const [index, each] of some.entries()) {
      const content = contents[index];
      if (typeof content === 'string') each.entry = withContent(each.entry, content) as JournalEntry;
    }
  }
}

function pagesOf(waiting: StoredEntry[]): StoredEntry[][] {
  const pages: StoredEntry[][] = [];
  let chars = Infinity;
  for (const each of waiting) {
    const more = sizeOf(each.entry);
    if (chars + more > pageChars) {
      pages.push([]);
      chars = 0;
    }
    pages.at(-1)?.push(each);
    chars += more;
  }
  return pages;
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

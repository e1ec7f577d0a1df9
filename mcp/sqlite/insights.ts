import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { ToolError } from '#mcp/kit.ts';
import { refused } from '#mcp/words.ts';

/** What somebody found out from the data, and when (ISO 8601). */
export interface Insight {
  at: string;
  text: string;
}

/** Insights, kept in a file beside the databases. */
export interface Insights {
  /** @throws ToolError when it cannot be stored, or there are too many */
  append(text: string): Promise<Insight[]>;
  /** All of them, oldest first. */
  all(): Promise<Insight[]>;
}

export const insightsFile = 'insights.jsonl';
export const maxInsightChars = 2_000;
/** With more bytes than this the memo is full: whoever reads it reads all of it. */
const maxFileBytes = 200_000;

export function createInsights(root: string): Insights {
  const file = path.join(root, insightsFile);
  return {
    async append(text) {
      const old = await read(file);
      if (old.bytes > maxFileBytes)
        throw refused(
          `the memo is full (${old.insights.length} insights). Tell the user: the operator empties ${insightsFile}.`,
        );
      const insight = { at: new Date().toISOString(), text };
      await add(file, `${old.startsLine ? '' : '\n'}${JSON.stringify(insight)}\n`);
      return [...old.insights, insight];
    },
    all: async () => (await read(file)).insights,
  };
}

/** All insights as a text for people. */
export function memoOf(insights: readonly Insight[]): string {
  if (insights.length === 0) return 'No insights yet.';
  const lines = insights.map(({ at, text }) => `- ${text.replaceAll('\n', '\n  ')} (${at.slice(0, 10)})`);
  return `Insights from the SQLite databases, oldest first:\n\n${lines.join('\n')}\n`;
}

/** A link in place of the file is not followed. */
const flags = constants.O_NOFOLLOW | constants.O_NONBLOCK;

async function read(file: string): Promise<{ insights: Insight[]; bytes: number; startsLine: boolean }> {
  let handle: FileHandle;
  try {
    handle = await open(file, constants.O_RDONLY | flags);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { insights: [], bytes: 0, startsLine: true };
    throw unusable(error);
  }
  await using opened = handle;
  const stat = await opened.stat();
  if (!stat.isFile()) throw unusable(new Error('it is no file'));
  const { buffer, bytesRead } = await opened.read(Buffer.alloc(2 * maxFileBytes), 0, 2 * maxFileBytes, 0);
  const text = buffer.subarray(0, bytesRead).toString('utf8');
  const insights = text.split('\n').flatMap(insightIn);
  return { insights, bytes: stat.size, startsLine: text === '' || text.endsWith('\n') };
}

/** A line that a crash cut off is left out. */
function insightIn(line: string): Insight[] {
  try {
    const { at, text } = JSON.parse(line) as Partial<Insight>;
    return typeof at === 'string' && typeof text === 'string' ? [{ at, text }] : [];
  } catch {
    return [];
  }
}

/** One write at the end of the file: what others append at the same time stays whole. */
async function add(file: string, line: string): Promise<void> {
  try {
    await using handle = await open(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | flags, 0o600);
    await handle.write(line);
    await handle.sync();
  } catch (error) {
    throw unusable(error);
  }
}

function unusable(error: unknown): ToolError {
  const { code } = error as NodeJS.ErrnoException;
  const why =
    code === 'ENOSPC' ? 'the disk is full' : code === 'EROFS' ? 'its folder is read-only' : 'its file cannot be used';
  return new ToolError(`The memo cannot be kept: ${why}. Nothing was noted; tell the user.`, { cause: error });
}

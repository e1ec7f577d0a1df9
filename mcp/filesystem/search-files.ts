import { z } from 'zod';
import { defineTool, ToolError, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import { compileGlob, isGlob, type Matcher } from './glob.ts';
import { entriesOf, firstByName } from './entries.ts';
import { printable } from '#mcp/words.ts';
import { typeOf } from './list-directory.ts';
import { asTyped } from './look-alikes.ts';
import { holdChild, type Held } from './reach.ts';
import { asToolError, errorCode } from './refusal.ts';
import { directory, walk } from './walk.ts';
import { MAX_DEPTH, stopIfAborted, type Workspace } from './workspace.ts';

const input = z.object({
  path: z.string().describe('Directory to search below, relative to the workspace; "." for all of it.'),
  pattern: z
    .string()
    .min(1)
    .max(512)
    .describe(
      'Glob such as *.md, reports/**/*.csv or {a,b}*.txt; or plain text that the name contains. Case is ignored.',
    ),
});

const output = z.object({
  matches: z.array(z.object({ path: z.string(), type: z.enum(['file', 'directory', 'link', 'other']) })),
  looked_at: z.number().describe('Entries that were compared.'),
  truncated: z.boolean().describe('True when the search ended before everything was looked at.'),
});

type Output = z.output<typeof output>;

export interface SearchLimits {
  matches: number;
  entries: number;
  milliseconds: number;
}

const LIMITS: SearchLimits = { matches: 200, entries: 200_000, milliseconds: 10_000 };

/** How many directories of one directory are searched: all are held until it is their turn. */
const MAX_DIRECTORIES = 10_000;

type Named = { name: string; type: Output['matches'][number]['type'] };

interface Search {
  workspace: Workspace;
  context: ToolContext;
  matches: Matcher;
  limits: SearchLimits;
  deadline: number;
  found: Output['matches'];
  lookedAt: number;
  /** Why the search ended early; undefined while it goes on. */
  ended?: string | undefined;
}

export function searchFilesTool(workspace: Workspace, limits = LIMITS): AnyTool {
  return defineTool({
    name: 'search_files',
    title: 'Search for files by name',
    description:
      'Finds files and directories of the workspace by name (not by content). A pattern without "/" is compared with names at every level; one with "/" with the path below the given directory. Links are not followed.',
    input,
    output,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    run: async ({ path, pattern }, context) => {
      try {
        return await searchFiles(workspace, path, matcherFor(pattern), limits, context);
      } catch (error) {
        throw asToolError(error, path);
      }
    },
  });
}

/** A pattern without any glob character is a part of the name: people mean that by "find the runbook". */
function matcherFor(pattern: string): Matcher {
  const wanted = asTyped(pattern).toLowerCase();
  if (!isGlob(pattern) && !pattern.includes('/'))
    return (names) =>
      asTyped(names.at(-1) ?? '')
        .toLowerCase()
        .includes(wanted);
  const matches = compileGlob(asTyped(pattern));
  if (!matches)
    throw new ToolError('The braces in the pattern stand for too many alternatives. Use a simpler pattern.');
  return (names) => matches(names.map(asTyped));
}

async function searchFiles(
  workspace: Workspace,
  path: string,
  matches: Matcher,
  limits: SearchLimits,
  context: ToolContext,
): Promise<ToolOutput<Output>> {
  await using place = await walk(workspace, path);
  const deadline = performance.now() + limits.milliseconds;
  const search: Search = { workspace, context, matches, limits, deadline, found: [], lookedAt: 0 };
  await searchBelow(search, directory(place), []);
  const data: Output = { matches: search.found, looked_at: search.lookedAt, truncated: search.ended !== undefined };
  return { data, text: asText(search) };
}

async function searchBelow(search: Search, held: Held, names: string[]): Promise<void> {
  stopIfAborted(search.context);
  const matches = firstByName<Named>(search.limits.matches - search.found.length);
  const directories = firstByName<Named>(MAX_DIRECTORIES);
  for await (const found of entriesOf(held)) {
    stopIfAborted(search.context);
    search.ended ??= reasonToEnd(search);
    if (search.ended !== undefined) break;
    if (search.workspace.isHidden(found.name)) continue;
    search.lookedAt += 1;
    const named = { name: found.name, type: typeOf(found) };
    if (search.matches([...names, found.name])) matches.add(named);
    if (named.type === 'directory') directories.add(named);
  }
  search.found.push(...matches.items().map(({ name, type }) => ({ path: [...names, name].join('/'), type })));
  if (matches.total > matches.items().length) search.ended ??= tooManyMatches(search);
  for (const { name } of directories.items()) await descend(search, held, [...names, name]);
  if (directories.total > MAX_DIRECTORIES)
    search.ended ??= `of the directories in one only the first ${MAX_DIRECTORIES} were searched`;
}

async function descend(search: Search, parent: Held, names: string[]): Promise<void> {
  if (search.ended !== undefined) return;
  if (names.length >= MAX_DEPTH) {
    search.ended = `directories deeper than ${MAX_DEPTH} levels were left out`;
    return;
  }
  try {
    const child = await holdChild(parent, names.at(-1) ?? '');
    if ('target' in child) return;
    try {
      if (child.stat.isDirectory()) await searchBelow(search, child, names);
    } finally {
      await child.handle.close();
    }
  } catch (error) {
    // The search goes on when an entry has gone away or may not be entered.
    if (!['ENOENT', 'ENOTDIR', 'EACCES'].includes(errorCode(error) ?? '')) throw error;
  }
}

function reasonToEnd(search: Search): string | undefined {
  const { limits } = search;
  if (search.found.length >= limits.matches) return tooManyMatches(search);
  if (search.lookedAt >= limits.entries) return `more than ${limits.entries} entries were looked at`;
  if (performance.now() > search.deadline) return `the search took longer than ${limits.milliseconds / 1000} s`;
  return undefined;
}

function tooManyMatches({ limits }: Search): string {
  return `only the first ${limits.matches} matches are shown`;
}

function asText(search: Search): string {
  const lines = search.found.map(({ path, type }) => (type === 'directory' ? `${printable(path)}/` : printable(path)));
  if (lines.length === 0) lines.push(`[Nothing matches among ${search.lookedAt} entries.]`);
  if (search.ended)
    lines.push(`[Cut: ${search.ended}. Search in a sub-directory or use a narrower pattern for the rest.]`);
  return lines.join('\n');
}

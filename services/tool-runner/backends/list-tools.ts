import { METHOD_NOT_FOUND, ProtocolError, type Client } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { errorText } from '#shared/ground/errors.ts';

const pagesMax = 20;
const pageMs = 10_000;

/** Read leniently: one odd field must not cost the list, and each tool is checked on its own later. */
const pageSchema = z.looseObject({ tools: z.unknown().optional(), nextCursor: z.unknown().optional() });

interface Page {
  tools: unknown[];
  /** Undefined when the list ends here. */
  next: string | undefined;
}

/**
 * All tools that a server lists, as it sends them. A failure after the first page costs only the pages that were not
 * read yet; `tell` is told, in words for the operator. Rejects when the first page does not come, and at any page when
 * `mustRepeat` says of the error that the whole list is to be read again.
 */
export async function listTools(
  client: Client,
  tell: (what: string) => void,
  mustRepeat: (error: unknown) => boolean,
): Promise<unknown[]> {
  if (client.getServerCapabilities()?.tools === undefined) return [];
  const tools: unknown[] = [];
  const names = new Set<unknown>();
  let cursor: string | undefined;
  for (let number = 1; number <= pagesMax; number += 1) {
    let page: Page;
    try {
      page = await readPage(client, cursor, tell);
    } catch (error) {
      if (number === 1 || mustRepeat(error)) throw error;
      tell(`page ${number} of its list of tools failed, the pages before it are used: ${errorText(error)}`);
      return tools;
    }
    const fresh = page.tools.filter((tool) => !names.has(nameOf(tool)));
    for (const tool of page.tools) names.add(nameOf(tool));
    // On the first page the adoption decides about two tools of one name.
    tools.push(...(number === 1 ? page.tools : fresh));
    if (page.next === undefined) return tools;
    // A page without tools is none that repeats: a server may leave out on each what is not for us.
    if (number > 1 && page.tools.length > 0 && fresh.length === 0) {
      tell(`page ${number} of its list of tools repeats the others, and names yet another page`);
      return tools;
    }
    cursor = page.next;
  }
  tell(`its list of tools has over ${pagesMax} pages; what is on them is left out`);
  return tools;
}

async function readPage(client: Client, cursor: string | undefined, tell: (what: string) => void): Promise<Page> {
  const request = { method: 'tools/list', params: cursor === undefined ? {} : { cursor } };
  let answer: z.output<typeof pageSchema>;
  try {
    answer = await client.request(request, pageSchema, { timeout: pageMs });
  } catch (error) {
    if (!(error instanceof ProtocolError) || error.code !== METHOD_NOT_FOUND) throw error;
    tell('it says that it has tools, but does not know how to list them');
    return { tools: [], next: undefined };
  }
  const { tools, nextCursor } = answer;
  if (!Array.isArray(tools)) tell('its list of tools is no list');
  const next = typeof nextCursor === 'string' && nextCursor !== '' && nextCursor !== cursor ? nextCursor : undefined;
  return { tools: Array.isArray(tools) ? tools : [], next };
}

function nameOf(tool: unknown): unknown {
  return typeof tool === 'object' && tool !== null ? (tool as { name?: unknown }).name : undefined;
}

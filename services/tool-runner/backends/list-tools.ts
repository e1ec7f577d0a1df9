import type { Client } from '@modelcontextprotocol/client';
import { z } from 'zod';

const pagesMax = 20;
const pageMs = 10_000;

/** Each tool is checked on its own: a malformed one must not take the others with it. */
const pageSchema = z.looseObject({ tools: z.array(z.unknown()), nextCursor: z.string().optional() });

/** All tools that a server lists, as it sends them. Rejects when it does not answer, or has pages without end. */
export async function listTools(client: Client): Promise<unknown[]> {
  if (client.getServerCapabilities()?.tools === undefined) return [];
  const tools: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const request = { method: 'tools/list', params: cursor === undefined ? {} : { cursor } };
    const answer = await client.request(request, pageSchema, { timeout: pageMs });
    tools.push(...answer.tools);
    if (answer.nextCursor === undefined || answer.nextCursor === cursor) return tools;
    cursor = answer.nextCursor;
  }
  throw new Error(`the list of tools has over ${pagesMax} pages`);
}

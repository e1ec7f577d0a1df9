import { INVALID_PARAMS, ProtocolError, type Client } from '@modelcontextprotocol/client';
import type { CallToolResult, Tool } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { errorText } from '#shared/ground/errors.ts';
import { isObject } from '#shared/ground/objects.ts';
import { ToolError, failure, type ToolContext } from '#mcp/kit.ts';
import { suspected } from './adopt-tools.ts';
import type { Ask } from './call-foreign.ts';
import { cleanResult } from './foreign-result.ts';
import { readContent } from './read-content.ts';
import { plainText } from './text.ts';

/** A tool that is not the server's own: it stands for a method of the protocol. */
interface MethodTool {
  tool: Tool;
  ask: (args: unknown, context: ToolContext) => Ask;
}

/** Milliseconds for the question whether there are any; tools wait for it. */
const probeMs = 3_000;
const shownMax = 100;
const RESOURCE_NOT_FOUND = -32_002;

/** Read leniently: each resource is looked at on its own. */
const pageSchema = z.looseObject({});

/**
 * The tools that list and read a server's resources; none when it has none. They are under the policy like its own
 * tools: reading a resource runs code of the server, so that it counts as writing unless the server is `trusted`.
 */
export async function resourceTools(
  client: Client,
  tell: (what: string) => void,
  trusted: boolean,
): Promise<MethodTool[]> {
  if (client.getServerCapabilities()?.resources === undefined) return [];
  const kinds = await Promise.all([probe(client, 'resources'), probe(client, 'resourceTemplates')]);
  const failed = kinds.find((each) => each instanceof Error);
  if (kinds.every((each) => each instanceof Error)) tell(`its resources are not listed: ${errorText(failed)}`);
  return kinds.includes(true) ? pair(trusted) : [];
}

const methods = { resources: 'resources/list', resourceTemplates: 'resources/templates/list' } as const;

/** Whether there are any, or the error that kept this from being known. */
async function probe(client: Client, kind: keyof typeof methods): Promise<boolean | Error> {
  try {
    const page = await client.request({ method: methods[kind], params: {} }, pageSchema, { timeout: probeMs });
    return itemsOf(page[kind]).length > 0;
  } catch (error) {
    return error as Error;
  }
}

function pair(trusted: boolean): MethodTool[] {
  const annotations = trusted
    ? { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true }
    : suspected;
  const list: Tool = {
    name: 'list_resources',
    title: 'List resources',
    description: 'The resources of this server (files, records, pages), with their URIs, to be read by read_resource.',
    inputSchema: {
      type: 'object',
      properties: { cursor: { type: 'string', description: 'from the end of an earlier list, for what follows it' } },
    },
    annotations,
  };
  const read: Tool = {
    name: 'read_resource',
    title: 'Read a resource',
    description: 'The content of one resource of this server.',
    inputSchema: {
      type: 'object',
      properties: { uri: { type: 'string', description: 'as list_resources gives it, templates filled in' } },
      required: ['uri'],
    },
    annotations,
  };
  return [
    { tool: list, ask: (args, { signal }) => listResources(textIn(args, 'cursor'), signal) },
    { tool: read, ask: (args, { signal }) => readResource(textIn(args, 'uri') ?? '', signal) },
  ];
}

function textIn(args: unknown, name: string): string | undefined {
  const value = isObject(args) ? args[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function listResources(cursor: string | undefined, signal: AbortSignal): Ask {
  return async (client) => {
    const params = cursor === undefined ? {} : { cursor };
    const page = await client.request({ method: methods.resources, params }, pageSchema, { signal });
    // Not every server has templates.
    const templates = await client
      .request({ method: methods.resourceTemplates, params: {} }, pageSchema, { signal })
      .catch(() => ({ resourceTemplates: [] }));
    const lines = [
      ...itemsOf(page['resources'])
        .slice(0, shownMax)
        .map((each) => lineOf(each['uri'], each)),
      ...itemsOf(templates['resourceTemplates'])
        .slice(0, shownMax)
        .map((each) => lineOf(each['uriTemplate'], each)),
    ];
    const next = page['nextCursor'];
    if (typeof next === 'string' && next !== '')
      lines.push(`[There are more: call it again with cursor ${JSON.stringify(next)}.]`);
    return { content: [{ type: 'text', text: lines.length > 0 ? lines.join('\n') : 'There are no resources.' }] };
  };
}

function itemsOf(list: unknown): Record<string, unknown>[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function lineOf(uri: unknown, { name, title, mimeType, size, description }: Record<string, unknown>): string {
  const facts = [title ?? name, mimeType].filter((each) => typeof each === 'string' && each !== '');
  if (typeof size === 'number') facts.push(`${size} bytes`);
  const about = typeof description === 'string' ? `: ${description}` : '';
  return plainText(`${typeof uri === 'string' ? uri : 'without a URI'} (${facts.join(', ')})${about}`, 500);
}

function readResource(uri: string, signal: AbortSignal): Ask {
  return async (client) => {
    if (uri === '') return failure('Say which resource: uri, as list_resources gives it.');
    try {
      const { contents } = await client.request({ method: 'resources/read', params: { uri } }, pageSchema, { signal });
      const content = readContent(itemsOf(contents).map((each) => ({ type: 'resource', resource: { uri, ...each } })));
      return cleanResult({ content } as CallToolResult);
    } catch (error) {
      const isUnknown = error instanceof ProtocolError && [RESOURCE_NOT_FOUND, INVALID_PARAMS].includes(error.code);
      if (!isUnknown) throw error;
      throw new ToolError(`There is no resource ${plainText(uri, 300)}. list_resources says which there are.`, {
        cause: error,
      });
    }
  };
}

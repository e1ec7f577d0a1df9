import type { Client } from '@modelcontextprotocol/client';
import { errorText } from '#shared/ground/errors.ts';
import { StillStarting } from '#shared/process/health.ts';
import { foreignToolName } from '#shared/servers/tool-names.ts';
import { ToolError } from '#mcp/kit.ts';
import { listIncomplete, serverRefused } from '../events.ts';
import { adoptTools, type AdoptedTool } from './adopt-tools.ts';
import { hintsOf, type Backend, type ServedTool } from './backend.ts';
import { needsNewConnection } from './call-failure.ts';
import { callForeign } from './call-foreign.ts';
import type { Connection, Link } from './link.ts';
import { listTools } from './list-tools.ts';

/** Milliseconds for which a list counts. Servers that can do so also tell when it changes. */
const listMs = 60_000;

export interface ForeignOptions {
  server: string;
  /** Whether callers see `server__tool` or the tool's own name. */
  prefix: boolean;
  /** Whether the server's annotations are believed. */
  trusted: boolean;
}

/** Serves the tools of a server that is not ours. It owns the link and disposes it. */
export function foreignBackend(link: Link, options: ForeignOptions): Backend {
  const { server, prefix } = options;
  let list: { client: Client; at: number; tools: Promise<readonly ServedTool[]> } | undefined;

  function serve({ own, ...tool }: AdoptedTool): ServedTool {
    const name = prefix ? foreignToolName(server, tool.name) : tool.name;
    return {
      catalogueName: foreignToolName(server, tool.name),
      ...hintsOf(tool.annotations),
      tool: {
        name,
        wire: { ...tool, name },
        call: (args, context) => callForeign(server, link, name, own, args, context),
      },
    };
  }

  async function read(client: Client, hasSession: boolean): Promise<readonly ServedTool[]> {
    const tell = (what: string) => listIncomplete(server, what);
    const listed = await listTools(client, tell, (error) => needsNewConnection(error, hasSession));
    return adoptTools(server, listed, options.trusted).map(serve);
  }

  function present({ client, hasSession }: Connection): Promise<readonly ServedTool[]> {
    if (list && list.client === client && Date.now() - list.at < listMs) return list.tools;
    const reading = read(client, hasSession);
    const entry = { client, at: Date.now(), tools: reading };
    list = entry;
    client.setNotificationHandler('notifications/tools/list_changed', () => {
      if (list === entry) list = undefined;
    });
    reading.catch((error: unknown) => {
      if (list === entry) list = undefined;
      serverRefused(server, 'tools/list', errorText(error));
    });
    return reading;
  }

  async function tools(): Promise<readonly ServedTool[]> {
    try {
      return await link.use(present, (error, { hasSession }) => needsNewConnection(error, hasSession));
    } catch (error) {
      if (error instanceof ToolError) throw error;
      throw new ToolError(`The server ${server} does not list its tools now. Go on without it, or try again later.`);
    }
  }

  return {
    name: server,
    title: server,
    catalogueName: (name) => (prefix ? name : foreignToolName(server, name)),
    tools,
    async check() {
      const problem = link.problem();
      if (problem === undefined) return;
      throw link.tried() ? new Error(problem) : new StillStarting(problem);
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

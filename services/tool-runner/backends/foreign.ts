import type { Client } from '@modelcontextprotocol/client';
import type { Tool } from '@modelcontextprotocol/server';
import { errorText } from '#shared/ground/errors.ts';
import { StillStarting } from '#shared/process/health.ts';
import type { ServerPrompt } from '#shared/servers/prompts.ts';
import { foreignToolName } from '#shared/servers/tool-names.ts';
import { ToolError, type ToolContext } from '#mcp/kit.ts';
import { listIncomplete, serverRefused } from '../events.ts';
import { adoptTools } from './adopt-tools.ts';
import { hintsOf, type Backend, type ServedTool } from '#shared/runner/backend.ts';
import { needsNewConnection } from './call-failure.ts';
import { askForeign, callTool, type Ask } from './call-foreign.ts';
import { listPrompts } from './foreign-prompts.ts';
import { resourceTools } from './foreign-resources.ts';
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
  let prompts: readonly ServerPrompt[] = [];

  /** Serves a tool under its name in the catalogue. `ask` is how its server is asked. */
  function serve(tool: Tool, ask: (args: unknown, context: ToolContext) => Ask): ServedTool {
    const catalogueName = foreignToolName(server, tool.name);
    const name = prefix ? catalogueName : tool.name;
    return {
      catalogueName,
      ...hintsOf(tool.annotations),
      tool: {
        name,
        wire: { ...tool, name },
        call: (args, context) => askForeign(server, link, name, context, ask(args, context)),
      },
    };
  }

  async function read(client: Client, hasSession: boolean): Promise<readonly ServedTool[]> {
    const tell = (what: string) => listIncomplete(server, what);
    const [listed, resources, found] = await Promise.all([
      listTools(client, tell, (error) => needsNewConnection(error, hasSession)),
      resourceTools(client, tell, options.trusted),
      listPrompts(client, tell),
    ]);
    prompts = found;
    const adopted = adoptTools(server, listed, options.trusted);
    const tools = adopted.map(({ own, ...tool }) => serve(tool, (...call) => callTool(own, ...call)));
    const taken = new Set(adopted.map(({ name }) => name));
    const free = resources.filter(({ tool }) => !taken.has(tool.name));
    return [...tools, ...free.map(({ tool, ask }) => serve(tool, ask))];
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
    prompts: () =>
      tools().then(
        () => prompts,
        () => [],
      ),
    async check() {
      const problem = link.problem();
      if (problem === undefined) return;
      throw link.tried() ? new Error(problem) : new StillStarting(problem);
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

import { INVALID_PARAMS, SdkHttpError, type Client, type ProtocolError } from '@modelcontextprotocol/client';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { errorText } from '#shared/ground/errors.ts';
import { redact } from '#shared/process/log.ts';
import { ToolError, type ToolContext } from '#mcp/kit.ts';
import { serverRefused } from '../events.ts';
import type { AdoptedTool } from './adopt-tools.ts';
import { CallNotMade, LostCall } from '#shared/runner/backend.ts';
import { callFailure, needsNewConnection } from './call-failure.ts';
import { cleanResult } from './foreign-result.ts';
import type { Link } from './link.ts';
import { plainText } from './text.ts';
import { throttleProgress } from './throttle.ts';

/** setTimeout's largest delay: the caller's own limit ends a call, through its signal. */
const noTimeout = 2_147_483_647;

/** Asks a wrapped server for something, over one connection. */
export type Ask = (client: Client) => Promise<CallToolResult>;

/**
 * Asks a wrapped server on behalf of the tool that callers know as `name`. It asks once more when the first attempt
 * certainly had no effect, because the server does not know the connection any more. Rejects with CallNotMade when
 * nothing was done, with LostCall when no answer came, otherwise with ToolError.
 */
export async function askForeign(
  server: string,
  link: Link,
  name: string,
  { signal }: ToolContext,
  ask: Ask,
): Promise<CallToolResult> {
  let hasSession = false;
  try {
    return await link.use(
      async ({ client }) => {
        if (signal.aborted) throw new CallNotMade(`${name} was stopped before it was run; nothing was done.`);
        return ask(client);
      },
      (error, connection) => {
        ({ hasSession } = connection);
        return needsNewConnection(error, hasSession);
      },
      signal,
    );
  } catch (error) {
    if (error instanceof ToolError) throw error;
    const failure = translated(server, name, error, hasSession);
    if (!(failure instanceof CallNotMade)) signal.throwIfAborted();
    serverRefused(server, name, errorText(error));
    throw failure;
  }
}

/** Calls a tool by the definition that its server knows. Cancellation and progress are passed on. */
export function callTool(own: AdoptedTool['own'], args: unknown, context: ToolContext): Ask {
  return async (client) => {
    const result = await client.callTool(
      { name: own.name, arguments: (args ?? {}) as Record<string, unknown> },
      {
        signal: context.signal,
        timeout: noTimeout,
        onprogress: throttleProgress((...progress) => context.progress(...progress)),
        toolDefinition: own,
      },
    );
    return cleanResult(result);
  };
}

function translated(server: string, tool: string, error: unknown, hasSession: boolean): ToolError {
  const notRun = `${tool} was not run, nothing was done:`;
  switch (callFailure(error, hasSession)) {
    case 'not-sent':
      return new CallNotMade(`${notRun} its server ${server} cannot be reached now. Go on without it, or try later.`);
    case 'too-long':
      return new CallNotMade(`${notRun} its arguments are larger than its server can read. Send less.`);
    case 'session-lost':
      return new CallNotMade(`${notRun} its server ${server} accepts no session, not even a new one. Tell the user.`);
    case 'refused':
      return new CallNotMade(`${notRun} its server ${server} refused the request${statusOf(error)}. Tell the user.`);
    case 'error':
      return new ToolError(refusal(tool, error as ProtocolError));
    case 'unreadable':
      return new ToolError(
        `${tool} was run and its server ${server} answered, but the answer cannot be read. Tell the user; do not repeat it.`,
      );
    case 'unknown':
      return new LostCall(`${tool} gave no answer: the connection to its server ${server} broke or the server failed.`);
  }
}

function statusOf(error: unknown): string {
  return error instanceof SdkHttpError ? ` (HTTP ${error.status})` : '';
}

/** A protocol error's text is for programmers and may hold anything; a model is helped only by faults of arguments. */
function refusal(tool: string, error: ProtocolError): string {
  if (error.code !== INVALID_PARAMS) {
    return `${tool} was refused by its server (error ${error.code}). Tell the user.`;
  }
  const assigned = /\b(\w*(?:password|passwd|secret|token|api[_-]?key)\w*\s*[=:]\s*)\S+/gi;
  return `Wrong arguments for ${tool}: ${redact(plainText(error.message, 500)).replaceAll(assigned, '$1[redacted]')}`;
}

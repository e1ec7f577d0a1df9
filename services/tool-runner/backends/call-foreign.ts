import {
  INVALID_PARAMS,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  type Client,
} from '@modelcontextprotocol/client';
import type { CallToolResult, Tool } from '@modelcontextprotocol/server';
import { errorText } from '#shared/errors.ts';
import { redact } from '#shared/log.ts';
import { ToolError, type ToolContext } from '#mcp/kit.ts';
import { serverRefused } from '../events.ts';
import { LostCall } from './backend.ts';
import { cleanResult } from './foreign-result.ts';
import type { Link } from './link.ts';
import { plainText } from './text.ts';
import { throttleProgress } from './throttle.ts';

/** setTimeout's largest delay: the caller's own limit ends a call, by its signal. */
const noTimeout = 2_147_483_647;

/**
 * Calls a tool of a wrapped server. Cancellation and progress are passed on. Rejects with ToolError when the call was
 * refused or not made, with LostCall when it may have been made.
 */
export async function callForeign(
  server: string,
  link: Link,
  tool: Tool,
  args: unknown,
  context: ToolContext,
): Promise<CallToolResult> {
  const client = await link.client();
  context.signal.throwIfAborted();
  try {
    return await attempt(client, tool, args, context);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!forgotten(error)) throw translated(server, tool.name, error);
    link.reset(client);
  }
  try {
    return await attempt(await link.client(), tool, args, context);
  } catch (error) {
    throw translated(server, tool.name, error);
  }
}

async function attempt(client: Client, tool: Tool, args: unknown, context: ToolContext): Promise<CallToolResult> {
  // Without its output schema: results are the worker's to check, and a validator of a stranger's making costs time.
  const { outputSchema: _, ...toolDefinition } = tool;
  const params = { name: tool.name, arguments: (args ?? {}) as Record<string, unknown> };
  const result = await client.callTool(params, {
    signal: context.signal,
    timeout: noTimeout,
    onprogress: throttleProgress((...progress) => context.progress(...progress)),
    toolDefinition,
  });
  return cleanResult(result);
}

/** 404: the server was restarted and knows our session no more. It has not made the call. */
function forgotten(error: unknown): boolean {
  return error instanceof SdkHttpError && error.status === 404;
}

function translated(server: string, tool: string, error: unknown): Error {
  if (error instanceof ToolError) return error;
  serverRefused(server, tool, errorText(error));
  if (error instanceof ProtocolError) return new ToolError(refusal(tool, error));
  if (notMade(error)) return new ToolError(`${tool} was not run: the server refused the request. Tell the user.`);
  return new LostCall(`${tool} gave no usable answer: the connection to its server broke or the answer was malformed.`);
}

/**
 * The text of a protocol error is written for programmers and may hold anything; only what is wrong with the arguments
 * helps the model.
 */
function refusal(tool: string, error: ProtocolError): string {
  if (error.code !== INVALID_PARAMS) {
    return `${tool} was refused by its server (error ${error.code}). Tell the user.`;
  }
  const assigned = /\b(\w*(?:password|passwd|secret|token|api[_-]?key)\w*\s*[=:]\s*)\S+/gi;
  return `Wrong arguments for ${tool}: ${redact(plainText(error.message, 500)).replaceAll(assigned, '$1[redacted]')}`;
}

/** True when the request cannot have had an effect. */
function notMade(error: unknown): boolean {
  if (error instanceof SdkHttpError) return error.status >= 400 && error.status < 500;
  if (error instanceof SdkError && error.code === SdkErrorCode.NotConnected) return true;
  const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'].includes(code);
}

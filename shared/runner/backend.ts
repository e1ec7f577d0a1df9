import type { ToolAnnotations } from '@modelcontextprotocol/server';
import type { Offering } from '#shared/servers/offering.ts';
import type { ServerPrompt } from '#shared/servers/prompts.ts';
import { ToolError, type AnyTool, type Domain } from '#mcp/kit.ts';
import type { DomainResource } from '#mcp/resources.ts';

/** One tool of the served MCP server. */
export interface ServedTool {
  /** Its name in the catalogue and the policy. */
  catalogueName: string;
  /** `tool.name` is the name that callers use. */
  tool: AnyTool;
  /** True when calling it changes nothing, if the server that declares it is believed. */
  readOnly: boolean;
  /** True when calling it twice does no more than calling it once, if that server is believed. */
  repeatable: boolean;
}

/** The call was sent and no answer came: it may have been made. */
export class LostCall extends ToolError {
  override name = 'LostCall';
}

/** The call certainly had no effect: it did not reach its server, or the server refused it before it began. */
export class CallNotMade extends ToolError {
  override name = 'CallNotMade';
}

/** What a runner serves: a domain in this process, a child process, or a remote server. */
export interface Backend extends AsyncDisposable {
  name: string;
  title: string;
  /** Most bytes that one call takes in; undefined where that is little. */
  answerBytes?: number | undefined;
  /** The catalogue's name of a tool that callers know as `tool`. */
  catalogueName(tool: string): string;
  /** The present tools. Rejects with ToolError while the server cannot be reached. */
  tools(): Promise<readonly ServedTool[]>;
  /** Texts of a domain of ours, for MCP clients. */
  resources?: readonly DomainResource[] | undefined;
  /** The prompts that its server has for people; absent for one that has none. Never rejects. */
  prompts?(): Promise<readonly ServerPrompt[]>;
  /** How a domain of ours wants its tools offered. */
  offering?: Offering;
  /** Rejects with a sentence for the operator while calls cannot succeed. */
  check(): Promise<void>;
  /** Lets go of what is kept for a run that has ended; absent where nothing is. */
  runEnded?(run: string): void;
}

/** Serves a domain of ours within this process, under its tools' own names. */
export function inProcessBackend(domain: Domain): Backend {
  const served = domain.tools.map((tool) => ({ catalogueName: tool.name, tool, ...hintsOf(tool.wire.annotations) }));
  return {
    name: domain.name,
    title: domain.title,
    answerBytes: domain.answerBytes,
    offering: { core: [...(domain.core ?? [])], keywords: domain.keywords ?? '' },
    catalogueName: (tool) => tool,
    tools: async () => (domain.off === true ? [] : served),
    resources: domain.resources,
    check: () => domain.check(),
    ...(domain.runEnded && { runEnded: (run: string) => domain.runEnded?.(run) }),
    [Symbol.asyncDispose]: async () => domain[Symbol.asyncDispose](),
  };
}

/** What a tool's annotations promise about repeated calls. */
export function hintsOf(annotations: ToolAnnotations | undefined): Pick<ServedTool, 'readOnly' | 'repeatable'> {
  const readOnly = annotations?.readOnlyHint === true;
  return { readOnly, repeatable: readOnly || annotations?.idempotentHint === true };
}

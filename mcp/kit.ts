import { Server, type CallToolResult, type ServerContext, type Tool as WireTool } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { IDEMPOTENCY_META, OUTCOME_META, REPEATED_META, STATEFUL_META } from '#shared/ground/tool-meta.ts';
import { serveResources, type DomainResource } from './resources.ts';

/** What a tool does to the world. Every hint is required, so that none is forgotten. */
export interface ToolAnnotations {
  /** True when the tool changes nothing outside itself. */
  readOnlyHint: boolean;
  /** True when a change may overwrite or remove something. */
  destructiveHint: boolean;
  /** True when calling twice with the same arguments has the effect of calling once. */
  idempotentHint: boolean;
  /** True when the tool reaches beyond a closed, known set of systems. */
  openWorldHint: boolean;
}

/** Whom a call is made for, as the signed token of the call says. Ids are those of the door that they came through. */
export interface ToolCaller {
  /** The door: `discord`, `terminal` or `api`. */
  kind: string;
  id: string;
  /** The Discord server and channel that they asked in; no server in direct messages. */
  guild?: string | undefined;
  channel?: string | undefined;
}

/** What a running tool gets besides its arguments. */
export interface ToolContext {
  /** Aborts when the caller cancels or goes away. The tool must then end its work at the backend too. */
  signal: AbortSignal;
  /** Tells the caller how far the work is. `total` has the same unit as `done`. */
  progress(message: string, done?: number, total?: number): void;
  /** A repeated call with the same key must have its effect only once; absent when the caller gives no key. */
  idempotencyKey?: string | undefined;
  /** True when a call with this key may have been made before, and its answer was lost. */
  repeated?: boolean | undefined;
  /** Whose calls share a state: what a call finds, an earlier one of the same run has left. Absent for a lone client. */
  run?: string | undefined;
  /** Absent over stdio, and for clients that call for nobody. */
  caller?: ToolCaller | undefined;
}

/** A picture of a result. `data` is base64. */
export interface ToolPicture {
  mimeType: string;
  data: string;
}

export interface ToolOutput<Data> {
  data: Data;
  /** What the model reads; when absent, the JSON of `data`. Truncation markers belong here. */
  text?: string;
  /** Shown to people, and to models that see. */
  pictures?: readonly ToolPicture[];
}

/** One tool: one file, its test beside it, one line in the domain's `tools` array. */
export interface ToolDefinition<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  name: string;
  title: string;
  description: string;
  input: Input;
  output: Output;
  annotations: ToolAnnotations;
  /** True when a call finds what earlier calls of its run have left; such calls of a run are made in order. */
  stateful?: boolean;
  run(args: z.output<Input>, context: ToolContext): Promise<ToolOutput<z.output<Output>>>;
}

/** A tool's failure in the words that the model gets: one sentence that says what to do differently. */
export class ToolError extends Error {
  override name = 'ToolError';
}

/** The call was sent to its backend, which did not say whether it was carried out. */
export class OutcomeUnknown extends ToolError {
  override name = 'OutcomeUnknown';
}

/** The tools of one backend. A domain owns its connections; disposing it ends them. */
export interface Domain extends AsyncDisposable {
  name: string;
  title: string;
  tools: readonly AnyTool[];
  /**
   * Names of the few tools that a model is always told of; the others when the question points to them, or when the
   * model looks for them. With few domains all tools are told of anyway.
   */
  core?: readonly string[];
  /** Words that people use for what it is about, in several languages: they point questions to its tools. */
  keywords?: string;
  /** Texts for MCP clients. */
  resources?: readonly DomainResource[];
  /** Most bytes of its backend that one call takes in, where an operator may set that high. */
  answerBytes?: number;
  /** True when this machine lacks what the domain needs: it offers nothing then. `lacks` in its stack.ts says what. */
  off?: boolean;
  /** Rejects with a sentence for the operator when the backend cannot be used; called by readiness checks. */
  check(): Promise<void>;
  /** Lets go of what it keeps for a run that has ended. Absent where nothing is kept from one call to the next. */
  runEnded?(run: string): void;
}

/** A definition whose argument types are hidden: it checks its own arguments. */
export interface AnyTool {
  name: string;
  wire: WireTool;
  call(args: unknown, context: ToolContext): Promise<CallToolResult>;
}

/**
 * Turns a definition into a tool. JSON schemas are built once, and this one place handles arguments and failures.
 * A `ToolError` becomes `isError` with its sentence. Any other failure becomes `isError` without internals and is
 * passed to `onCrash`, so that the operator sees what the model must not.
 */
export function defineTool<I extends z.ZodObject, O extends z.ZodObject>(definition: ToolDefinition<I, O>): AnyTool {
  const { name, title, description, annotations } = definition;
  const input = definition.input.strict();
  const wire = {
    name,
    title,
    description,
    annotations: { title, ...annotations },
    inputSchema: z.toJSONSchema(input, { io: 'input' }),
    outputSchema: z.toJSONSchema(definition.output, { io: 'output' }),
    ...(definition.stateful === true && { _meta: { [STATEFUL_META]: true } }),
  } as WireTool;
  return { name, wire, call };

  async function call(args: unknown, context: ToolContext): Promise<CallToolResult> {
    const parsed = input.safeParse(args ?? {});
    if (!parsed.success) return failure(`Wrong arguments for ${name}: ${argumentProblems(parsed.error)}`);
    try {
      const { data, text, pictures = [] } = await definition.run(parsed.data as z.output<I>, context);
      const images = pictures.map((picture) => ({ type: 'image' as const, ...picture }));
      return {
        content: [{ type: 'text', text: text ?? JSON.stringify(data) }, ...images],
        structuredContent: data,
      };
    } catch (error) {
      if (context.signal.aborted) return failure(`${name} was stopped before it finished.`);
      if (error instanceof OutcomeUnknown) return withOutcome(failure(error.message), 'unknown');
      if (error instanceof ToolError) return failure(error.message);
      onCrash(name, error);
      return failure(`${name} failed inside; trying again with the same arguments is unlikely to help. Tell the user.`);
    }
  }
}

let onCrash = (tool: string, error: unknown): void => {
  process.stderr.write(`${tool} crashed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
};

/** Sends unexpected tool failures to a logger instead of stderr. */
export function reportCrashesTo(report: (tool: string, error: unknown) => void): void {
  onCrash = report;
}

export function failure(message: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: message }] };
}

function argumentProblems(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''}${issue.message}`)
    .join('; ');
}

/**
 * The tools that a server offers: a fixed list, or one that is asked for each time where it can change or be out of
 * reach.
 */
export interface ToolSource {
  name: string;
  title: string;
  tools: readonly AnyTool[] | (() => Promise<readonly AnyTool[]>);
  resources?: readonly DomainResource[] | undefined;
  /** What else a list of tools tells, as its `_meta`. */
  listMeta?: () => Promise<Record<string, unknown>>;
}

/**
 * An MCP server over a domain's tools. The schemas exist already, so it is cheap to make one per request; a server that
 * clients share has leaked answers between them (CVE-2026-25536).
 * `lists` hides tools from the list; whether a hidden tool may be called is up to the tool.
 */
export function createServer(source: ToolSource, options: { lists?: (tool: string) => boolean } = {}): Server {
  const { resources } = source;
  const server = new Server(serverInfo(source), { capabilities: { tools: {}, ...(resources && { resources: {} }) } });
  const lists = options.lists ?? (() => true);
  if (resources) serveResources(server, resources, lists);
  server.setRequestHandler('tools/list', async () => {
    const visible = (await readTools(source)).filter((tool) => lists(tool.name)).map((tool) => tool.wire);
    const sorted = visible.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const meta = source.listMeta && { _meta: await source.listMeta() };
    return { tools: sorted, ttlMs: 60_000, cacheScope: 'private' as const, ...meta };
  });
  server.setRequestHandler('tools/call', async (request, context) => {
    const { name, arguments: args, _meta } = request.params;
    return callByName(source, lists, name, args, toolContext(context, _meta));
  });
  return server;
}

/** What a source's server says of itself: name, title, version. */
export function serverInfo(source: ToolSource): { name: string; title: string; version: string } {
  return { name: `dragoman-${source.name}`, title: source.title, version: '1.0.0' };
}

/**
 * What a server answers to `tools/call`. For an unknown name, or a source that cannot be reached, it answers with a
 * result too.
 */
export async function callByName(
  source: ToolSource,
  lists: (tool: string) => boolean,
  name: string,
  args: unknown,
  context: ToolContext,
): Promise<CallToolResult> {
  try {
    const tools = await readTools(source);
    const tool = tools.find((candidate) => candidate.name === name);
    return tool ? await tool.call(args, context) : unknownTool(name, tools, lists);
  } catch (error) {
    if (error instanceof ToolError) return notRun(error.message);
    throw error;
  }
}

/**
 * The result of a call that did not reach its tool. It says nothing about what an earlier call with the same key has
 * done.
 */
export function notRun(message: string): CallToolResult {
  return withOutcome(failure(message), 'not-run');
}

function withOutcome(result: CallToolResult, outcome: 'not-run' | 'unknown'): CallToolResult {
  return { ...result, _meta: { [OUTCOME_META]: outcome } };
}

async function readTools(source: ToolSource): Promise<readonly AnyTool[]> {
  return typeof source.tools === 'function' ? source.tools() : source.tools;
}

function unknownTool(name: string, tools: readonly AnyTool[], lists: (tool: string) => boolean): CallToolResult {
  const names = tools.map((tool) => tool.name).filter(lists);
  return notRun(`There is no tool named ${name.slice(0, 100)}. Available: ${names.join(', ')}.`);
}

function toolContext(context: ServerContext, meta: Record<string, unknown> | undefined): ToolContext {
  const token = context.mcpReq._meta?.progressToken ?? meta?.['progressToken'];
  const key = context.mcpReq._meta?.[IDEMPOTENCY_META] ?? meta?.[IDEMPOTENCY_META];
  const repeated = context.mcpReq._meta?.[REPEATED_META] ?? meta?.[REPEATED_META];
  let steps = 0;
  return {
    signal: context.mcpReq.signal,
    idempotencyKey: typeof key === 'string' ? key : undefined,
    repeated: repeated === true,
    progress(message, done, total) {
      if (typeof token !== 'string' && typeof token !== 'number') return;
      steps += 1;
      const params = {
        progressToken: token,
        progress: done ?? steps,
        ...(total === undefined ? {} : { total }),
        message,
      };
      // A caller that is gone cannot be told; the abort signal ends the work.
      context.mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
    },
  };
}

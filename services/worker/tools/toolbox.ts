import type { EntryOf, Picture, ResultSize } from '#shared/run/journal-entries.ts';
import type { Permission } from '#shared/rights/policy.ts';
import type { Caller } from '#shared/run/request.ts';
import type { NamedPrompt } from '#shared/servers/prompts.ts';
import type { ChatTool } from '../gateway/chat.ts';
import type { Family } from '../gateway/families.ts';

/** One tool as a run's caller may use it. */
export interface OfferedTool {
  /** Its name in the catalogue. */
  name: string;
  /** The entry of servers.json that serves it; `builtin` for the worker's own. */
  domain: string;
  title: string;
  description: string;
  /** Words that people use for what its domain is about, in several languages. */
  keywords?: string;
  /** Whether it is the worker's own or of one of our domains. */
  own?: boolean;
  /** Whether a model is told of it whatever is asked: by its domain, or by a role of the caller. */
  core?: boolean;
  /** The tool's own JSON schema; arguments are checked against this one, whatever form the model was shown. */
  inputSchema: Record<string, unknown>;
  /** Calls of read-only tools may run side by side. */
  readOnly: boolean;
  /** True when repeating a call is harmless: read-only or idempotent by its annotations. */
  repeatable: boolean;
  /**
   * Its results are text from outside (`openWorldHint`; MCP's default is true): after one was read, no write of the run
   * goes without a human's yes.
   */
  openWorld: boolean;
  /**
   * Its server remembers calls by idempotency key: one that was under way when a worker died may be sent again with
   * its key. True for everything behind our tool-runners.
   */
  remembered: boolean;
  /** Its server keeps a state for each run: the run's calls of it are made in order, and it is told of the run's end. */
  stateful?: boolean;
  permission: Exclude<Permission, 'deny'>;
}

/** What a caller has at this moment. */
export interface Offer {
  tools: OfferedTool[];
  /** Domains that should be there but cannot be reached now; the model is told. */
  unreachable: string[];
  /** Prompts of the servers of which the caller has tools; for people, who are shown them. */
  prompts?: NamedPrompt[];
}

export interface ToolCallOrder {
  runId: string;
  caller: Caller;
  tool: OfferedTool;
  /** Checked against the tool's schema. */
  arguments: Record<string, unknown>;
  idempotencyKey: string;
  /** True when this call may have been made before, by a worker that died over it. */
  repeated?: boolean;
  /** sha256 of the arguments that a human allowed (`argumentsHash`), when the tool needs a yes. */
  approvedArguments?: string;
  /** True when text from outside was read before this call, so that its arguments may repeat such text. */
  outside?: boolean;
  signal: AbortSignal;
  onProgress?: (message: string) => void;
}

export interface ToolCallOutcome {
  /**
   * `refused`: not run, by policy or schema. `stopped`: not run or ended by the order's signal, without effect.
   * `interrupted`: it may or may not have happened (the tool-runner answered `dragoman/outcome: unknown`, or the
   * connection broke in the middle of a call that is not repeatable); a human is asked.
   */
  outcome: EntryOf<'tool.finished'>['outcome'];
  /** True when this try did not reach the tool: of an earlier one with its key it tells nothing. */
  unmade?: boolean;
  /** What the model sees, marked as data from outside and cut to size. */
  content: string;
  /** Pictures of the result, which `content` names. */
  pictures?: Picture[];
  /** How much the result holds, for people. */
  size?: ResultSize;
  durationMs: number;
  /** Milliseconds of the duration that are Dragoman's own. */
  overheadMs?: number;
}

export type CheckedArguments = { ok: true; value: Record<string, unknown> } | { ok: false; problem: string };

/** All tools of all servers, for all callers. Made once per worker. */
export interface Toolbox extends AsyncDisposable {
  /** The caller's tools by the policy of this moment. Never rejects: what is away is named in `unreachable`. */
  offer(caller: Caller): Promise<Offer>;
  /** Parses and checks what the model wrote; `problem` is a sentence that tells the model what to mend. */
  checkArguments(tool: OfferedTool, text: string): CheckedArguments;
  /** The tools in the form that providers of this family accept. */
  present(tools: OfferedTool[], family: Family): ChatTool[];
  /** Tells a server that keeps a state for the run that the run has ended. Never rejects; it may not arrive. */
  runEnded?(run: { id: string; caller: Caller }, domains: Iterable<string>): void;
  /** Has the tool-runners of these domains forget the run's calls. Resolves to whether all have; never rejects. */
  runForgotten?(run: { id: string; caller: Caller }, domains: Iterable<string>): Promise<boolean>;
  /** Calls a tool. Never rejects: failures, refusals, time-outs and aborts are outcomes with a sentence for the model. */
  call(order: ToolCallOrder): Promise<ToolCallOutcome>;
}

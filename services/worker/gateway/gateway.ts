import type { ToolCall } from '#shared/run/journal-entries.ts';
import type { ChatMessage, ChatTool } from './chat.ts';
import type { Family } from './families.ts';

/** One request to the model. */
export interface ModelRequest {
  model: string;
  messages: ChatMessage[];
  tools: ChatTool[];
  /** `none`: tools are listed because the conversation mentions them, but the model may call none. */
  toolChoice: 'auto' | 'none';
  maxOutputTokens?: number | undefined;
  /** Who asks, for the gateway's accounting. */
  endUser: string;
  /** The id of the run, for the gateway's traces. */
  trace: string;
  source: string;
}

/** A complete answer; an incomplete one never becomes a `ModelAnswer`. */
export interface ModelAnswer {
  /** Text without the model's reasoning. */
  text: string;
  toolCalls: ToolCall[];
  finishReason: string;
  /** The usage that the gateway reported; undefined when it reported none. */
  usage: ReportedUsage | undefined;
}

export interface ReportedUsage {
  inputTokens: number;
  outputTokens: number;
  /** US dollars, when the gateway reports a cost or has prices. */
  costUsd?: number;
  /** The cost was not reported but computed from tokens and prices. */
  estimated?: true;
}

export type ModelEvent = { type: 'text'; text: string } | { type: 'answer'; answer: ModelAnswer };

/** What the loop needs from a model gateway. */
export interface ModelGateway extends AsyncDisposable {
  /**
   * Streams one answer: its text as it comes, then exactly one `answer`. Throws a DragomanError (see `errors.ts`) when
   * the answer did not arrive complete, and the signal's reason when `signal` aborts.
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
  /** Rejects with a sentence for the operator when the gateway cannot be reached. */
  check(): Promise<void>;
  /** Whose form of a tool's schema the model takes. Takes half a second at most; never rejects. */
  familyOf(model: string): Promise<Family>;
  /** Whether the model may be sent pictures. As fast as `familyOf`; never rejects. */
  seesPictures(model: string): Promise<boolean>;
}

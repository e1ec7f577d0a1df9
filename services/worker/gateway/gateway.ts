import type { answerEndings, Thought, ToolCall } from '#shared/run/journal-entries.ts';
import type { Usage } from '#shared/run/request.ts';
import type { ToldUsage } from './answer/usage.ts';
import type { ChatMessage, ChatTool } from './chat.ts';
import type { Family } from './families.ts';
import type { Window } from './model-info.ts';

/** One request to the model. */
export interface ModelRequest {
  model: string;
  messages: ChatMessage[];
  tools: ChatTool[];
  /** Names of tools that are not in the list, and may be called all the same. */
  alsoMeant?: readonly string[];
  /** True when the tools stand in the messages, where the model was told how to write its calls. */
  prompted?: boolean;
  /** `none`: tools are listed because the conversation mentions them, but the model may call none. */
  toolChoice: 'auto' | 'none' | 'required' | { name: string };
  maxOutputTokens?: number | undefined;
  /** Parameters of OpenAI's chat completions that a program asked for, as it wrote them; they win over ours. */
  parameters?: Record<string, unknown> | undefined;
  /** Who asks, for the gateway's accounting. */
  endUser: string;
  /** The id of the run, for the gateway's traces. */
  trace: string;
  source: string;
}

/** An answer as it arrived; one that broke off never becomes a `ModelAnswer`. */
export interface ModelAnswer {
  /** Text for the person, without what the model thought and without calls that it wrote as text. */
  text: string;
  toolCalls: ToolCall[];
  /** The provider's word for the end. */
  finishReason: string;
  /** Undefined when the answer is whole. */
  ending?: (typeof answerEndings)[number];
  /** Calls that were cut off, and are not among `toolCalls`. */
  lostCalls?: number;
  thought?: Thought;
  /** Reported where the gateway reports it, else estimated. */
  usage: Usage;
}

/** An answer with what its provider told of its cost. */
export interface WireAnswer extends Omit<ModelAnswer, 'usage'> {
  told: ToldUsage;
  /** True when the text began with a thought of which only the closing mark was written. */
  unopened: boolean;
}

export type ModelEvent = { type: 'text'; text: string } | { type: 'answer'; answer: ModelAnswer };

/** What the loop needs from a model gateway. */
export interface ModelGateway extends AsyncDisposable {
  /**
   * Streams one answer: its text as it comes, then exactly one `answer`, whose text counts: what was streamed may turn
   * out to have been a thought. Throws a DragomanError (see `errors.ts`) when the
   * answer did not arrive complete, and the signal's reason when `signal` aborts.
   */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
  /**
   * About what an answer has used that was cut off after this text: no provider tells it. As fast as `familyOf`; never
   * rejects.
   */
  usageOfCut(request: ModelRequest, text: string): Promise<Usage>;
  /** Rejects with a sentence for the operator when the gateway cannot be reached. */
  check(): Promise<void>;
  /** Whose form of a tool's schema the model takes. Takes half a second at most; never rejects. */
  familyOf(model: string): Promise<Family>;
  /** Whether the model may be sent pictures. As fast as `familyOf`; never rejects. */
  seesPictures(model: string): Promise<boolean>;
  /** Whether it is known that the model takes no pictures: the gateway says so, or has refused some. */
  isBlind(model: string): Promise<boolean>;
  /** How many tokens the model takes and gives, if the gateway says. As fast as `familyOf`; never rejects. */
  windowOf(model: string): Promise<Window | undefined>;
}

import { errorOfFrame, refused } from './errors.ts';
import type { ModelAnswer, ReportedUsage } from './gateway.ts';
import { ThinkTags } from './think-tags.ts';
import { ToolCallParts, type ToolCallDelta } from './tool-call-parts.ts';

interface WireUsage {
  prompt_tokens?: number | null;
  completion_tokens?: number | null;
  /** US dollars; sent by LiteLLM with `include_cost_in_streaming_usage`, and by OpenRouter. */
  cost?: number | string | null;
}

interface WireDelta {
  content?: string | { text?: string }[] | null;
  refusal?: string | null;
  reasoning?: unknown;
  reasoning_content?: unknown;
  tool_calls?: ToolCallDelta[] | null;
}

interface WireFrame {
  error?: unknown;
  usage?: WireUsage | null;
  choices?: { index?: number; delta?: WireDelta | null; message?: WireDelta | null; finish_reason?: string | null }[];
}

/** Characters of one answer; a model that writes more runs wild. */
const maxChars = 8_000_000;

/** Puts the frames of a streamed answer together; feed them to `push`. `complete` once nothing essential can follow. */
export class AnswerParts {
  /** Text that has come since it was last taken. */
  private fresh = '';
  private text = '';
  private chars = 0;
  private usage: WireUsage | undefined;
  private finishReason: string | undefined;
  private done = false;
  private readonly think = new ThinkTags();
  private readonly calls = new ToolCallParts();
  /** True once anything of the answer has come, reasoning included. */
  begun = false;

  /**
   * Takes the data of one event. Throws a DragomanError for an error of the provider, and SyntaxError for data that is
   * not JSON.
   */
  push(data: string): void {
    if (data === '[DONE]') {
      this.done = true;
      return;
    }
    this.chars += data.length;
    if (this.chars > maxChars * 4) throw errorOfFrame({ error: { message: 'the answer has no end' } });
    this.pushFrame(JSON.parse(data) as WireFrame);
  }

  /** Takes one frame, or a whole answer that was not streamed. */
  pushFrame(frame: WireFrame): void {
    if (frame.error !== undefined && frame.error !== null) throw errorOfFrame(frame);
    // Some providers report usage in a chunk that is not the last, so the last figure that came counts.
    if (frame.usage) this.usage = frame.usage;
    const choice = frame.choices?.[0];
    if (!choice) return;
    const delta = choice.delta ?? choice.message;
    if (delta) this.pushDelta(delta);
    if (choice.finish_reason) this.finishReason = choice.finish_reason;
  }

  private pushDelta(delta: WireDelta): void {
    const piece = contentText(delta.content) || (delta.refusal ?? '');
    if (piece !== '') {
      this.begun = true;
      this.addText(this.think.push(piece));
    } else if (delta.reasoning_content || delta.reasoning) this.begun = true;
    for (const part of delta.tool_calls ?? []) {
      this.begun = true;
      this.calls.add(part);
    }
  }

  private addText(text: string): void {
    this.text += text;
    this.fresh += text;
  }

  takeText(): string {
    const text = this.fresh;
    this.fresh = '';
    return text;
  }

  /** True when the whole answer has arrived: the provider said why it ended, or at least that it did. */
  get complete(): boolean {
    if (this.finishReason !== undefined) return true;
    return this.done && this.begun && this.calls.whole;
  }

  /** True once the provider has sent its last event. */
  get ended(): boolean {
    return this.done;
  }

  /** The whole answer. `headerCost`: US dollars, from the response's header. Throws UserError for refused content. */
  finish(headerCost?: number): ModelAnswer {
    this.addText(this.think.end());
    const toolCalls = this.calls.finish();
    if (this.finishReason === 'content_filter' && this.text === '' && toolCalls.length === 0) throw refused();
    return {
      text: this.text,
      toolCalls,
      finishReason: this.finishReason ?? (toolCalls.length > 0 ? 'tool_calls' : 'stop'),
      usage: this.usage && reportedUsage(this.usage, headerCost),
    };
  }
}

function reportedUsage(usage: WireUsage, headerCost: number | undefined): ReportedUsage {
  const cost = usage.cost === undefined || usage.cost === null ? headerCost : Number(usage.cost);
  return {
    inputTokens: usage.prompt_tokens ?? 0,
    outputTokens: usage.completion_tokens ?? 0,
    ...(cost !== undefined && Number.isFinite(cost) && cost >= 0 && { costUsd: cost }),
  };
}

function contentText(content: WireDelta['content']): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => part.text ?? '').join('');
}

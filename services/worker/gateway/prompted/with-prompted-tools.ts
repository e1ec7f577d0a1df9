import { DragomanError } from '#shared/ground/errors.ts';
import type { WorkerConfig } from '#services/worker/config.ts';
import { promptedProtocolChosen } from '../events.ts';
import type { ModelEvent, ModelGateway, ModelRequest } from '../gateway.ts';
import { PromptedAnswer } from './answer-parser.ts';
import { promptedMessages } from './messages.ts';

/** How many models without tool calls of their own are remembered. Their names come from requests, hence the bound. */
const maxRemembered = 200;

/**
 * Lets models without tool calls of their own use tools, behind the same interface. With `auto` the model's own tool
 * calls are tried first. When the provider says that there are none, the request is made again with the tools in the
 * prompt, and later requests to that model begin that way.
 */
export function withPromptedTools(gateway: ModelGateway, protocol: WorkerConfig['TOOL_PROTOCOL']): ModelGateway {
  if (protocol === 'native') return gateway;
  const prompted = new Set<string>();

  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    if (!usesTools(request)) return yield* gateway.stream(request, signal);
    if (protocol === 'prompted' || prompted.has(request.model)) return yield* promptedStream(gateway, request, signal);
    try {
      return yield* gateway.stream(request, signal);
    } catch (error) {
      // This refusal comes instead of an answer, so nothing has been yielded yet.
      if (!(error instanceof DragomanError) || error.reason !== 'tools-unsupported') throw error;
    }
    if (prompted.size < maxRemembered) prompted.add(request.model);
    promptedProtocolChosen(request.model);
    yield* promptedStream(gateway, request, signal);
  }
  return {
    stream,
    check: () => gateway.check(),
    familyOf: (model) => gateway.familyOf(model),
    seesPictures: (model) => gateway.seesPictures(model),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

function usesTools(request: ModelRequest): boolean {
  return request.tools.length > 0 || request.messages.some((message) => message.role === 'tool');
}

async function* promptedStream(
  gateway: ModelGateway,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  const mayCall = request.toolChoice === 'auto' && request.tools.length > 0;
  const messages = promptedMessages(request.messages, request.tools, mayCall);
  const parser = new PromptedAnswer();
  let shown = '';
  for await (const event of gateway.stream({ ...request, messages, tools: [] }, signal)) {
    if (event.type === 'text') {
      const text = parser.push(event.text);
      shown += text;
      if (text !== '') yield { type: 'text', text };
      continue;
    }
    const { text, toolCalls } = parser.end();
    if (text !== '') yield { type: 'text', text };
    const { answer } = event;
    const finishReason = toolCalls.length > 0 && answer.finishReason === 'stop' ? 'tool_calls' : answer.finishReason;
    yield { type: 'answer', answer: { ...answer, text: shown + text, toolCalls, finishReason } };
  }
}

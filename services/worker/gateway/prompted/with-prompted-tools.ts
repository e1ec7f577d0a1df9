import { DragomanError } from '#shared/ground/errors.ts';
import type { WorkerConfig } from '#services/worker/config.ts';
import { promptedProtocolChosen } from '../events.ts';
import type { ModelEvent, ModelGateway, ModelRequest } from '../gateway.ts';
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
    if (protocol === 'prompted' || prompted.has(request.model)) return yield* gateway.stream(asked(request), signal);
    try {
      return yield* gateway.stream(request, signal);
    } catch (error) {
      // This refusal comes instead of an answer, so nothing has been yielded yet.
      if (!(error instanceof DragomanError) || error.reason !== 'tools-unsupported') throw error;
    }
    if (prompted.size < maxRemembered) prompted.add(request.model);
    promptedProtocolChosen(request.model);
    yield* gateway.stream(asked(request), signal);
  }
  return {
    stream,
    usageOfCut: (request, text) => gateway.usageOfCut(request, text),
    check: () => gateway.check(),
    familyOf: (model) => gateway.familyOf(model),
    isBlind: (model) => gateway.isBlind(model),
    seesPictures: (model) => gateway.seesPictures(model),
    windowOf: (model) => gateway.windowOf(model),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

function usesTools(request: ModelRequest): boolean {
  return request.tools.length > 0 || request.messages.some((message) => message.role === 'tool');
}

/** The request with its tools in the prompt, where the model is told how to write calls. */
function asked(request: ModelRequest): ModelRequest {
  const mayCall = request.toolChoice !== 'none' && request.tools.length > 0;
  return { ...request, messages: promptedMessages(request.messages, request.tools, mayCall), prompted: true };
}

import type { Request, Response } from 'express';
import type { Api } from '../api.ts';
import { callerOf } from '../http/caller.ts';
import { passOn } from '../http/gateway.ts';
import { parametersOf } from './question.ts';
import type { ChatRequest } from './schema.ts';

/**
 * Asks the model alone: no tools, no journal. For titles and tags, which clients ask for beside each talk. Members that
 * a run would not pass on stay here, too: with some of its own, LiteLLM asks other models than the key may.
 */
export async function askPlain(
  api: Api,
  { request, response, model, body }: { request: Request; response: Response; model: string; body: ChatRequest },
): Promise<void> {
  await api.limits.requests.count(request);
  await api.limits.checkRun(callerOf(request), response);
  const { messages, stream, stream_options: options } = body;
  // Providers refuse what is about tools where there are none.
  const { parallel_tool_calls: _, ...parameters } = parametersOf(body);
  const streamed = stream && { stream, ...(options && { stream_options: options }) };
  await passOn(api, {
    request,
    response,
    path: '/chat/completions',
    model,
    body: { model, messages, ...parameters, ...streamed },
  });
}

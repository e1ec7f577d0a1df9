import { createGateway } from '#services/worker/gateway/create-gateway.ts';
import type { ModelAnswer, ModelGateway, ModelRequest } from '#services/worker/gateway/gateway.ts';
import { DragomanError } from '#shared/ground/errors.ts';
import type { LitellmProxy } from './proxy.ts';

/** The worker's own gateway, connected to the proxy. */
export function gatewayTo(proxy: LitellmProxy, path = '/v1', key = proxy.key): ModelGateway {
  return createGateway(
    {
      LITELLM_API_BASE: `${proxy.url}${path}`,
      LITELLM_API_KEY: key,
      // The test must see what a provider says, so the gateway may not try another way of asking.
      TOOL_PROTOCOL: 'native',
      MODEL_TIMEOUT_MS: 120_000,
      MODEL_FIRST_TOKEN_TIMEOUT_MS: 120_000,
      MODEL_IDLE_TIMEOUT_MS: 120_000,
    },
    { breakerFailures: 10_000 },
  );
}

/** Asks a model group for one answer. */
export async function ask(
  gateway: ModelGateway,
  model: string,
  extra: Partial<ModelRequest> = {},
): Promise<{ answer: ModelAnswer; texts: string[] }> {
  const request: ModelRequest = {
    model,
    messages: [{ role: 'user', content: 'hello' }],
    tools: [],
    toolChoice: 'auto',
    endUser: 'discord:42',
    trace: 'run-1',
    source: 'discord',
    ...extra,
  };
  const texts: string[] = [];
  for await (const event of gateway.stream(request, new AbortController().signal)) {
    if (event.type === 'answer') return { answer: event.answer, texts };
    texts.push(event.text);
  }
  throw new Error('the stream ended without an answer');
}

/** The error of a request that must fail. */
export async function failureOf(work: Promise<unknown>): Promise<DragomanError> {
  const error = await work.then(
    (value) => new Error(`it answered: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof DragomanError) return error;
  throw error;
}

import { Pool, type Dispatcher } from 'undici';
import { DragomanError, OperatorError, UpstreamError, errorText } from '#shared/ground/errors.ts';
import { hideSecret } from '#shared/process/log.ts';
import type { WorkerConfig } from '../config.ts';
import { createBreakers, type Breakers } from './breakers.ts';
import { estimatedUsage, usageOfCut } from './estimated-usage.ts';
import { errorOfResponse } from './errors/errors.ts';
import { words } from './errors/words.ts';
import { modelAnswered, modelFailed, modelLabel } from './events.ts';
import type { ModelEvent, ModelGateway, ModelRequest } from './gateway.ts';
import { createModelInfo, type ModelInfo } from './model-info.ts';
import { withPromptedTools } from './prompted/with-prompted-tools.ts';
import { createQuirkMemory, type QuirkMemory } from './quirks.ts';
import { streamAnswer, type Endpoint, type WireEvent } from './wire.ts';

export type GatewayConfig = Pick<
  WorkerConfig,
  | 'LITELLM_API_BASE'
  | 'LITELLM_API_KEY'
  | 'TOOL_PROTOCOL'
  | 'MODEL_TIMEOUT_MS'
  | 'MODEL_FIRST_TOKEN_TIMEOUT_MS'
  | 'MODEL_IDLE_TIMEOUT_MS'
>;

export interface GatewayOverrides {
  /** Failures in a row that stop requests to a model for `breakerMs` milliseconds. */
  breakerFailures?: number;
  breakerMs?: number;
}

/** Failures that tell something about the model's state; a rate limit or a wrong request does not. */
const breakerReasons = new Set(['overloaded', 'timeout', 'network', 'cut-stream', 'provider-error']);

/**
 * A gateway to the OpenAI-compatible endpoint of the configuration. Its errors are DragomanErrors. These may be tried
 * again: `rate-limit`, `overloaded`, `timeout`, `network`, `cut-stream`, `bad-format`, `provider-error`, `model-away`
 * (UpstreamError). These may not: `budget-exceeded`, `bad-key`, `model-not-found`, `bad-endpoint`, `bad-request`,
 * `tools-unsupported` (OperatorError), `context-too-long`, `refused-content` (UserError). The gateway itself never
 * tries again.
 */
export function createGateway(config: GatewayConfig, overrides: GatewayOverrides = {}): ModelGateway {
  hideSecret(config.LITELLM_API_KEY);
  // Streams stay open for minutes, so the time-outs are our own. The endpoint speaks HTTP/1.1, so each socket carries
  // one answer.
  const dispatcher = new Pool(new URL(config.LITELLM_API_BASE).origin, {
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: 10_000 },
  });
  const endpoint = endpointOf(config, dispatcher);
  const breakers = createBreakers({
    failures: overrides.breakerFailures ?? 8,
    halfOpenAfterMs: overrides.breakerMs ?? 5_000,
    counts: (error) => error instanceof UpstreamError && breakerReasons.has(error.reason),
    away: (_, retryAfterMs) => new UpstreamError('model-away', words.away, { retryAfterMs }),
  });
  const parts = { endpoint, breakers, info: createModelInfo(endpoint), quirks: createQuirkMemory() };
  const native: ModelGateway = {
    stream: (request, signal) => observed(parts, request, signal),
    usageOfCut: (request, text) => usageOfCut(parts.info, request, text),
    check: () => check(endpoint),
    familyOf: (model) => parts.info.familyOf(model),
    isBlind: async (model) => parts.quirks.of(model).has('image_url') || parts.info.isBlind(model),
    seesPictures: async (model) => !parts.quirks.of(model).has('image_url') && parts.info.seesPictures(model),
    windowOf: (model) => parts.info.windowOf(model),
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  };
  return withPromptedTools(native, config.TOOL_PROTOCOL);
}

function endpointOf(config: GatewayConfig, dispatcher: Dispatcher): Endpoint {
  const base = new URL(config.LITELLM_API_BASE);
  return {
    dispatcher,
    origin: base.origin,
    path: `${base.pathname.replace(/\/+$/, '')}/chat/completions${base.search}`,
    key: config.LITELLM_API_KEY,
    timeouts: {
      firstToken: config.MODEL_FIRST_TOKEN_TIMEOUT_MS,
      idle: config.MODEL_IDLE_TIMEOUT_MS,
      total: config.MODEL_TIMEOUT_MS,
    },
  };
}

interface GatewayParts {
  endpoint: Endpoint;
  breakers: Breakers;
  info: ModelInfo;
  quirks: QuirkMemory;
}

async function* observed(parts: GatewayParts, request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
  const started = performance.now();
  const attempt = await parts.breakers.enter(`model:${modelLabel(request.model)}`);
  let answered = false;
  try {
    for await (const event of forgiving(parts, request, signal)) {
      if (event.type === 'text') {
        yield event;
        continue;
      }
      answered = true;
      attempt.succeeded();
      const durationMs = performance.now() - started;
      const { told: _told, unopened, ...answer } = event.answer;
      if (unopened) parts.quirks.add(request.model, 'unopened_thought');
      const usage = await estimatedUsage(parts.info, request, event.answer);
      modelAnswered(request.model, durationMs, usage);
      yield { type: 'answer', answer: { ...answer, usage } };
    }
  } catch (error) {
    attempt.failed(error);
    const reason = error instanceof DragomanError && !signal.aborted ? error.reason : 'stopped';
    modelFailed(request.model, performance.now() - started, reason, error);
    throw error;
  } finally {
    // The loop may leave in the middle; that is not a failure of the model.
    if (!answered) attempt.succeeded();
  }
}

/** Asks again, at once, without what the endpoint has refused; such a refusal comes before any text. */
async function* forgiving(
  { endpoint, quirks }: GatewayParts,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<WireEvent> {
  for (;;) {
    let begun = false;
    try {
      for await (const event of streamAnswer(endpoint, request, quirks.of(request.model), signal)) {
        begun = true;
        yield event;
      }
      return;
    } catch (error) {
      if (begun || signal.aborted || !quirks.learn(request, error)) throw error;
    }
  }
}

/** Asks for the list of models, because that costs nothing and needs a valid key. */
async function check({ dispatcher, origin, path, key }: Endpoint): Promise<void> {
  const models = path.replace(/\/chat\/completions(?=\?|$)/, '/models');
  const response = await dispatcher
    .request({
      origin,
      path: models,
      method: 'GET',
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(2_500),
    })
    .catch((error: unknown) => {
      throw new OperatorError(
        'model-away',
        `The model gateway at ${origin} cannot be reached (${errorText(error)}); check LITELLM_API_BASE.`,
      );
    });
  const body = await response.body.text();
  // Some endpoints have no list of models; it is enough that they answer.
  if (response.statusCode < 400 || response.statusCode === 404 || response.statusCode === 405) return;
  throw errorOfResponse(response.statusCode, response.headers, body);
}

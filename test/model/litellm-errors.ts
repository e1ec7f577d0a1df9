import type { Turn } from './turn.ts';
import { errorBody } from './wire.ts';

/** What the caller of LiteLLM should do about a failure. */
export type ErrorAction =
  | 'wait'
  | 'backoff'
  | 'never-retry'
  | 'compact'
  | 'stop'
  | 'retry'
  | 'config-bug'
  | 'failed-turn';

export interface LitellmFailure {
  turn: Turn;
  action: ErrorAction;
}

function failure(
  action: ErrorAction,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): LitellmFailure {
  return { action, turn: { error: { status, body, headers } } };
}

/** How many seconds a `retry-after` names here: few, so that tests that obey it stay quick. */
export const RETRY_AFTER_S = 1;

const retryAfter = { 'retry-after': String(RETRY_AFTER_S) };

/** LiteLLM's failures as its proxy sends them, one for each row of its error reference. */
export const litellmErrors = {
  gatewayRateLimit: failure(
    'wait',
    429,
    errorBody(
      429,
      'Rate limit exceeded for api_key. Limit type: requests. Current limit: 10, Remaining: 0',
      'throttling_error',
    ),
    { ...retryAfter, rate_limit_type: 'requests', reset_at: new Date(Date.now() + RETRY_AFTER_S * 1000).toISOString() },
  ),
  providerRateLimit: failure(
    'backoff',
    429,
    errorBody(
      429,
      'litellm.RateLimitError: AnthropicException - {"type":"error","error":{"type":"rate_limit_error"}}',
      'throttling_error',
    ),
  ),
  routerCooldown: failure(
    'wait',
    429,
    errorBody(
      429,
      `No deployments available for selected model, Try again in ${RETRY_AFTER_S} seconds. Passed model=played-model.`,
    ),
    retryAfter,
  ),
  budgetExceeded: failure(
    'never-retry',
    429,
    errorBody(429, 'Budget has been exceeded! Current cost: 1.02, Max budget: 1.0', 'budget_exceeded'),
  ),
  budgetExceededOlder: failure(
    'never-retry',
    400,
    errorBody(400, 'Budget has been exceeded! Current cost: 1.02, Max budget: 1.0', 'budget_exceeded'),
  ),
  contextTooLong: failure(
    'compact',
    400,
    errorBody(
      400,
      "litellm.ContextWindowExceededError: OpenAIException - This model's maximum context length is 8192 tokens.",
    ),
  ),
  contextTooLongByCode: failure(
    'compact',
    400,
    errorBody(
      400,
      "This model's maximum context length is 8192 tokens.",
      'invalid_request_error',
      'context_length_exceeded',
    ),
  ),
  badKey: failure(
    'stop',
    401,
    errorBody(401, 'Authentication Error, Invalid proxy server token passed.', 'auth_error'),
  ),
  modelDenied: failure(
    'stop',
    403,
    errorBody(403, 'key not allowed to access model. This key can only access models=[].', 'key_model_access_denied'),
  ),
  toolDenied: failure('stop', 403, errorBody(403, 'Key does not have access to this tool.', 'tool_access_denied')),
  timeout: failure('retry', 408, errorBody(408, 'litellm.Timeout: Request timed out.', 'timeout_error')),
  frameworkNotFound: failure('config-bug', 404, { detail: 'Not Found' }),
  serverError: failure('retry', 500, errorBody(500, 'litellm.InternalServerError: OpenAIException - upstream failed')),
  unavailable: failure('retry', 503, errorBody(503, 'litellm.ServiceUnavailableError: upstream overloaded')),
  midStream: {
    action: 'failed-turn',
    turn: {
      text: 'This sentence is never finished because the provider',
      toolCalls: [{ name: 'never_run_me', arguments: '{"half":' }],
      midStreamError: { message: 'litellm.MidStreamFallbackError: provider closed the stream', code: '500' },
    },
  },
} satisfies Record<string, LitellmFailure>;

import { expect, test } from 'vitest';
import { errorOfFrame, errorOfResponse, networkError } from './errors.ts';
import { retryAfterMs } from './retry-after.ts';

const error = (message: string, fields: object = {}): string => JSON.stringify({ error: { message, ...fields } });

test.each<[number, string, string]>([
  [429, error('You exceeded your current quota', { code: 'insufficient_quota' }), 'budget-exceeded'],
  [429, error('ExceededBudget: Budget has been exceeded! Current cost: 1'), 'budget-exceeded'],
  [429, error('No deployments available - crossed budget: Exceeded budget for deployment'), 'budget-exceeded'],
  [400, error('No connected db.', { type: 'no_db_connection' }), 'bad-key'],
  [
    500,
    error('litellm.InternalServerError: OpenAIException - Missing credentials. Please pass an `api_key`, or set'),
    'bad-key',
  ],
  [500, error('AuthenticationError: The api_key client option must be set either by passing api_key'), 'bad-key'],
  [400, error('Missing Anthropic API Key - A call is being made to anthropic but no key is set'), 'bad-key'],
  [400, error('prompt is too long: 210000 tokens > 200000 maximum'), 'context-too-long'],
  [400, error("This model's maximum context length is 8192 tokens. You requested 9000 tokens"), 'context-too-long'],
  [413, 'Payload Too Large', 'context-too-long'],
  [400, error('litellm.ContentPolicyViolationError: AzureException'), 'refused-content'],
  [400, error('The response was filtered', { code: 'content_filter' }), 'refused-content'],
  [400, error('registry.ollama.ai/library/gemma:2b does not support tools'), 'tools-unsupported'],
  [400, error('"auto" tool choice requires --enable-auto-tool-choice'), 'tools-unsupported'],
  [404, error('No endpoints found that support tool use.'), 'tools-unsupported'],
  [400, error("litellm.UnsupportedParamsError: x does not support parameters: ['tools']"), 'tools-unsupported'],
  [500, error('OllamaException - phi does not support tools'), 'tools-unsupported'],
  [404, error('The model `gpt-9` does not exist', { code: 'model_not_found' }), 'model-not-found'],
  [400, error('Invalid model name passed in model=x. Call `/v1/models`'), 'model-not-found'],
  [404, '<html>nginx</html>', 'bad-endpoint'],
  [422, error('body.messages: field required'), 'bad-request'],
  [400, error("Invalid 'tools[0].function.name': string does not match pattern"), 'bad-request'],
  [502, '<html>Bad gateway</html>', 'overloaded'],
  [504, '', 'timeout'],
  [529, error('Overloaded', { type: 'overloaded_error' }), 'overloaded'],
  [500, 'Internal Server Error', 'provider-error'],
  [302, '', 'bad-endpoint'],
])('%i %s: %s', (status, body, reason) => {
  expect(errorOfResponse(status, {}, body).reason).toBe(reason);
});

test.each<[string, string, string]>([
  ['ECONNREFUSED', 'network', 'cannot be reached'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'bad-endpoint', 'certificate'],
  ['CERT_HAS_EXPIRED', 'bad-endpoint', 'certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'bad-endpoint', 'certificate'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'bad-endpoint', 'http'],
])('a connection that fails with %s: %s', (code, reason, words) => {
  const error = networkError(Object.assign(new Error('failed'), { code }));
  expect(error.reason).toBe(reason);
  expect(error.message).toContain(words);
});

test.each<[object, string]>([
  [{ error: { message: 'x', code: '429' } }, 'rate-limit'],
  [{ error: { message: 'x', code: 503 } }, 'overloaded'],
  [{ error: { message: 'Overloaded', type: 'overloaded_error' } }, 'overloaded'],
  [{ error: { message: 'maximum context length', code: '400' } }, 'context-too-long'],
  [{ error: 'provider closed the stream' }, 'provider-error'],
  [{ error: null }, 'provider-error'],
])('a frame %j: %s', (frame, reason) => {
  expect(errorOfFrame(frame).reason).toBe(reason);
});

test.each<[Record<string, string>, string, number | undefined]>([
  [{ 'retry-after-ms': '250' }, '', 250],
  [{ 'retry-after': '2' }, '', 2_000],
  [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:11 GMT' }, '', 1_000],
  [{ 'retry-after': 'Thu, 01 Jan 1970 00:00:01 GMT' }, '', 0],
  [{ reset_at: '1970-01-01T00:00:13Z' }, '', 3_000],
  [{}, 'Try again in 5 seconds. Passed model=x', 5_000],
  [{}, 'Rate limit reached. Please try again in 6m0s. Visit', 360_000],
  [{}, 'Please try again in 350ms.', 350],
  [{}, 'Please try again in 1.5s.', 1_500],
  [{}, 'Please try again in 1h2m3s', 3_723_000],
  [{}, 'have exceeded call rate limit. Please retry after 7 seconds.', 7_000],
  [{}, 'quota | [{"@type":"RetryInfo","retryDelay":"34s"}]', 34_000],
  [{}, 'Try again later, there are 3 messages', undefined],
  [{ 'retry-after': 'soon' }, '', undefined],
  [{}, '', undefined],
])('waits as told: %j %s', (headers, message, expected) => {
  expect(retryAfterMs(headers, message, 10_000)).toBe(expected);
});

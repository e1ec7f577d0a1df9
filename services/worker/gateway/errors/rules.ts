import { OperatorError, UpstreamError, UserError, type DragomanError } from '#shared/ground/errors.ts';
import { retryAfterMs, type HeaderRecord } from './retry-after.ts';
import type { WireError } from './wire-error.ts';
import { words } from './words.ts';

export interface Failure extends WireError {
  status: number;
  /** False when the body has no error object: then a web server answered, not a model gateway. */
  spoken: boolean;
  headers: HeaderRecord;
}

interface Rule {
  matches(failure: Failure): boolean;
  error(failure: Failure, cause: Error): DragomanError;
}

// The order counts: types, codes and words come before the status, which differs between gateways and their versions.
const rules: Rule[] = [
  {
    matches: (failure) =>
      failure.status === 402 || budgetCodes.test(kindOf(failure)) || budgetTexts.test(failure.message),
    error: (_, cause) => new OperatorError('budget-exceeded', words.budgetExceeded, { cause }),
  },
  {
    matches: (failure) =>
      contextCodes.test(kindOf(failure)) || failure.status === 413 || contextTexts.test(failure.message),
    error: (_, cause) => new UserError('context-too-long', words.contextTooLong, { cause }),
  },
  {
    matches: (failure) => refusalCodes.test(kindOf(failure)) || refusalTexts.test(failure.message),
    error: (_, cause) => new UserError('refused-content', words.refusedContent, { cause }),
  },
  {
    // The provider could not read what its own model wrote; the next try mostly succeeds.
    matches: (failure) =>
      /tool_use_failed|tool_call_parse|output_parse_failed/.test(kindOf(failure)) || callTexts.test(failure.message),
    error: (failure, cause) => upstream('bad-format', words.badCall, failure, cause),
  },
  {
    matches: ({ message, status }) => status !== 429 && noToolsTexts.test(message),
    error: (_, cause) => new OperatorError('tools-unsupported', words.toolsUnsupported, { cause }),
  },
  {
    // Without its database LiteLLM knows only the master key, and looks up every other key in the missing database.
    matches: (failure) =>
      failure.status === 401 || keyCodes.test(kindOf(failure)) || wrongKeyTexts.test(failure.message),
    error: (_, cause) => new OperatorError('bad-key', words.badKey, { cause }),
  },
  {
    // LiteLLM asks no provider without a key; it reports that as an error of its own (500).
    matches: ({ message }) => missingKeyTexts.test(message),
    error: (_, cause) => new OperatorError('bad-key', words.missingKey, { cause }),
  },
  {
    matches: (failure) => failure.status === 403 || /PERMISSION_DENIED|AccessDenied/.test(kindOf(failure)),
    error: (_, cause) => new OperatorError('bad-key', words.modelDenied, { cause }),
  },
  {
    matches: ({ status, message }) => status >= 400 && status < 500 && status !== 429 && noStreamTexts.test(message),
    error: (_, cause) => badRequest(cause),
  },
  {
    matches: (failure) =>
      modelCodes.test(kindOf(failure)) ||
      (failure.status === 404 && failure.spoken) ||
      (failure.status >= 400 && failure.status < 500 && unknownModelTexts.test(failure.message)),
    error: (_, cause) => new OperatorError('model-not-found', words.modelNotFound, { cause }),
  },
  {
    matches: ({ status }) => status === 404 || status === 405,
    error: (_, cause) => new OperatorError('bad-endpoint', words.badEndpoint, { cause }),
  },
  {
    matches: ({ status }) => status >= 300 && status < 400,
    error: (_, cause) => new OperatorError('bad-endpoint', words.moved, { cause }),
  },
  {
    matches: (failure) =>
      failure.status === 408 ||
      failure.status === 504 ||
      failure.status === 524 ||
      /DEADLINE_EXCEEDED/.test(kindOf(failure)),
    error: (failure, cause) => upstream('timeout', words.timeout, failure, cause),
  },
  {
    matches: (failure) => failure.status === 429 || rateCodes.test(kindOf(failure)),
    error: (failure, cause) => upstream('rate-limit', words.rateLimit, failure, cause),
  },
  {
    matches: (failure) =>
      [498, 502, 503, 529].includes(failure.status) ||
      loadCodes.test(kindOf(failure)) ||
      loadTexts.test(failure.message),
    error: (failure, cause) => upstream('overloaded', words.overloaded, failure, cause),
  },
  {
    matches: ({ status }) => status >= 500 || status < 400,
    error: (failure, cause) => upstream('provider-error', words.providerError, failure, cause),
  },
];

const budgetCodes =
  /budget_exceeded|insufficient_quota|billing_|payment_required|insufficient_balance|credits_exhausted/i;
const budgetTexts =
  /budget has been exceeded|crossed budget|exceeded your current quota|credit balance is too low|insufficient (?:balance|credits|funds)|out of credits|exceeded your (?:monthly|spending)|used all available credits/i;
const contextCodes = /context_length_exceeded|exceed_context_size|string_above_max_length|context_window_exceeded/;
const contextTexts =
  /ContextWindowExceededError|context_length_exceeded|maximum (?:context|prompt|input) length|(?:prompt|input|request) is too (?:long|large)|prompt too long|too many (?:input )?tokens|exceeds? the (?:model'?s? )?(?:available |maximum |max )?(?:context|number of (?:input )?tokens|token)|exceed(?:s|ed)? (?:max|the)? ?context|context (?:length|window|size) (?:of|exceeded|is|overflow)|context the overflows|greater than the context length|too large for model|max_new_tokens.{0,20}must be|Request too large for model/i;
const refusalCodes = /content_filter|content_policy|ResponsibleAIPolicyViolation|data_inspection_failed|moderation/i;
const refusalTexts =
  /ContentPolicyViolationError|content management policy|content[ _-]?policy|content filtering policy|Content Exists Risk|violates? (?:our )?usage (?:guidelines|policies)|PROHIBITED_CONTENT|flagged by .{0,40}moderation|requires moderation/i;
const callTexts =
  /Failed to call a function|Failed to parse (?:tool|function) call|tool call (?:could not|cannot) be parsed|error parsing tool call/i;
const noToolsTexts =
  /(?:does not|doesn't|do not|not) support (?:tools|tool(?![_ ]choice)|function)|UnsupportedParamsError[^]*\b(?:tools|functions)\b|(?:tools|tool calling|function calling|tool use)[`'"]? (?:is|are) not (?:supported|enabled)|no endpoints found that support tool|tool choice requires|tools param requires|(?:unknown|unrecognized|unsupported|unexpected)[^.]{0,40}[`'"]tools[`'"]/i;
const keyCodes =
  /no_db_connection|invalid_api_key|authentication_error|UNAUTHENTICATED|API_KEY_INVALID|UnrecognizedClient|InvalidSignature|ExpiredToken/i;
const wrongKeyTexts = /API key not valid|invalid api[ _-]?key|incorrect api key|api key (?:is )?(?:invalid|expired)/i;
const missingKeyTexts =
  /Missing credentials\. Please pass|The api_key client option must be set|Missing (?:\w+ )?API Key|api[_ ]key (?:is )?not (?:set|provided)/i;
const noStreamTexts =
  /(?:does not|doesn't|not) support(?:ed)?[^.]{0,20}stream|stream(?:ing)?[`'"]? (?:is|must be|are) (?:not|false|disabled)/i;
const modelCodes = /model_not_found|model_decommissioned|model_not_available|DeploymentNotFound|model_terms_required/i;
const unknownModelTexts =
  /invalid model|model .{0,200}(?:does not exist|not found|not a valid|is not available|decommissioned|has been deprecated)|unknown model|no such model|model identifier is invalid|not a valid model|no models? loaded/i;
const rateCodes = /rate_limit|RESOURCE_EXHAUSTED|Throttling|too_many_requests/i;
const loadCodes = /overloaded|UNAVAILABLE|engine_overloaded|capacity|ModelNotReady|service_unavailable/i;
const loadTexts =
  /\bis (?:currently )?loading\b|\bloading model\b|model is not ready|(?:is|are) (?:currently )?overloaded|no capacity/i;

/** The error that a failure stands for. `cause` is for operators. */
export function errorOf(failure: Failure, cause: Error): DragomanError {
  return rules.find((rule) => rule.matches(failure))?.error(failure, cause) ?? badRequest(cause);
}

function badRequest(cause: Error): DragomanError {
  return new OperatorError('bad-request', words.badRequest, { cause });
}

function kindOf({ type, code }: Failure): string {
  return `${type} ${code}`;
}

function upstream(reason: string, message: string, failure: Failure, cause: Error): UpstreamError {
  return new UpstreamError(reason, message, { cause, retryAfterMs: retryAfterMs(failure.headers, failure.message) });
}

import { OperatorError, UpstreamError, UserError, type DragomanError } from '#shared/ground/errors.ts';
import { redact } from '#shared/process/log.ts';
import { retryAfterMs, type HeaderRecord } from './retry-after.ts';

/** The error object of OpenAI's format. LiteLLM sends `code` as a string: the status, or a provider's own code. */
interface WireError {
  message: string;
  type: string;
  code: string;
}

interface Failure extends WireError {
  status: number;
  /** False when the body has no error object: then a web server answered, not a model gateway. */
  spoken: boolean;
  headers: HeaderRecord;
}

interface Rule {
  matches(failure: Failure): boolean;
  error(failure: Failure, cause: Error): DragomanError;
}

// The order counts: types and messages come before the status, which differs between versions of gateways.
const rules: Rule[] = [
  {
    matches: ({ type, code, message }) =>
      /budget_exceeded|insufficient_quota/.test(`${type} ${code}`) || budgetTexts.test(message),
    error: (_, cause) =>
      new OperatorError('budget-exceeded', 'The budget for the model is used up; the operator has to raise it.', {
        cause,
      }),
  },
  {
    matches: ({ code, message, status }) =>
      code === 'context_length_exceeded' || status === 413 || contextTexts.test(message),
    error: (_, cause) =>
      new UserError('context-too-long', 'This conversation has become too long for the model. Start a new one.', {
        cause,
      }),
  },
  {
    matches: ({ type, code, message }) =>
      /content_filter|content_policy/.test(`${type} ${code}`) || refusalTexts.test(message),
    error: (_, cause) => refused(cause),
  },
  {
    matches: ({ message, status }) => status !== 429 && noToolsTexts.test(message),
    error: (_, cause) =>
      new OperatorError(
        'tools-unsupported',
        'This model cannot call tools by itself; set TOOL_PROTOCOL=prompted or auto.',
        { cause },
      ),
  },
  {
    // Without its database LiteLLM knows only the master key, and looks up every other key in the missing database.
    matches: ({ status, type }) => status === 401 || type === 'no_db_connection',
    error: (_, cause) =>
      new OperatorError('bad-key', 'The model gateway refused the key; the operator has to check LITELLM_API_KEY.', {
        cause,
      }),
  },
  {
    // LiteLLM asks no provider without a key; it reports that as an error of its own (500).
    matches: ({ message }) => missingKeyTexts.test(message),
    error: (_, cause) =>
      new OperatorError('bad-key', "The model's provider needs a key and none is set; the operator has to set one.", {
        cause,
      }),
  },
  {
    matches: ({ status }) => status === 403,
    error: (_, cause) =>
      new OperatorError('bad-key', "The model gateway's key may not use this model; the operator has to allow it.", {
        cause,
      }),
  },
  {
    matches: ({ status, code, message, spoken }) =>
      code === 'model_not_found' || (status === 404 && spoken) || (status === 400 && unknownModelTexts.test(message)),
    error: (_, cause) =>
      new OperatorError('model-not-found', 'The model gateway does not know this model; check MODEL_NAME.', { cause }),
  },
  {
    matches: ({ status }) => status === 404 || status === 405,
    error: (_, cause) =>
      new OperatorError('bad-endpoint', 'There is no model gateway at LITELLM_API_BASE; the operator has to mend it.', {
        cause,
      }),
  },
  {
    matches: ({ status }) => status === 408 || status === 504,
    error: (failure, cause) => upstream('timeout', 'The model took too long to answer.', failure, cause),
  },
  {
    matches: ({ status }) => status === 429,
    error: (failure, cause) => upstream('rate-limit', 'The model is asked too often at the moment.', failure, cause),
  },
  {
    matches: ({ status, code, type }) =>
      status === 502 || status === 503 || status === 529 || /overloaded/.test(`${type} ${code}`),
    error: (failure, cause) => upstream('overloaded', 'The model is overloaded at the moment.', failure, cause),
  },
  {
    matches: ({ status }) => status >= 500 || status < 400,
    error: (failure, cause) => upstream('provider-error', "The model's provider failed.", failure, cause),
  },
];

const budgetTexts = /budget has been exceeded|crossed budget|exceeded your current quota/i;
const contextTexts =
  /ContextWindowExceededError|context_length_exceeded|maximum context length|prompt is too long|input is too long|exceeds? the (?:model's )?(?:maximum|context)/i;
const missingKeyTexts =
  /Missing credentials\. Please pass|The api_key client option must be set|Missing (?:\w+ )?API Key|api[_ ]key (?:is )?not (?:set|provided)/i;
const refusalTexts = /ContentPolicyViolationError|content management policy|content[ _-]?policy/i;
const noToolsTexts =
  /(?:does not|doesn't|do not|not) support (?:tools|tool|function)|UnsupportedParamsError[^]*\b(?:tools|functions)\b|(?:tools|tool calling|function calling|tool use)[`'"]? (?:is|are) not (?:supported|enabled)|no endpoints found that support tool|tool choice requires/i;
const unknownModelTexts = /invalid model name|model .{0,200}(?:does not exist|not found)|unknown model/i;

/** The error of a failed HTTP exchange. `body` is the answer's text; neither it nor a key gets into the message. */
export function errorOfResponse(status: number, headers: HeaderRecord, body: string): DragomanError {
  const error = wireError(parseJson(body));
  return classify({ ...(error ?? unspoken(body)), spoken: error !== undefined, status, headers });
}

/** The error that an error object within a stream stands for; the status is the one that the object names. */
export function errorOfFrame(frame: unknown): DragomanError {
  const error = wireError(frame) ?? unspoken(JSON.stringify(frame));
  const status = /^[45]\d\d$/.test(error.code) ? Number(error.code) : 500;
  return classify({ ...error, spoken: true, status, headers: {} });
}

/** The model gateway could not be reached, or the connection broke before the answer began. */
export function networkError(cause: unknown): UpstreamError {
  return new UpstreamError('network', 'The model gateway cannot be reached at the moment.', { cause });
}

/** The answer stopped in the middle. */
export function cutStream(cause?: unknown): UpstreamError {
  return new UpstreamError('cut-stream', "The model's answer broke off in the middle.", { cause });
}

export function refused(cause?: unknown): UserError {
  return new UserError('refused-content', "The model's provider refused this content. Ask differently.", { cause });
}

export function timeoutError(message: string): UpstreamError {
  return new UpstreamError('timeout', message);
}

function classify(failure: Failure): DragomanError {
  const id = failure.headers['x-litellm-call-id'];
  const detail = `${failure.status} ${failure.type} ${failure.code}: ${failure.message}${id ? ` (LiteLLM call ${String(id)})` : ''}`;
  const cause = new Error(redact(detail).slice(0, 2_000));
  const rule = rules.find((candidate) => candidate.matches(failure));
  if (rule) return rule.error(failure, cause);
  return new OperatorError('bad-request', 'The model gateway refused the request as wrong; the log says why.', {
    cause,
  });
}

function upstream(reason: string, message: string, failure: Failure, cause: Error): UpstreamError {
  return new UpstreamError(reason, message, { cause, retryAfterMs: retryAfterMs(failure.headers, failure.message) });
}

function unspoken(body: string): WireError {
  return { message: body.slice(0, 1_000), type: '', code: '' };
}

function wireError(body: unknown): WireError | undefined {
  const error = (body as { error?: unknown } | undefined)?.error;
  if (typeof error === 'string') return { message: error, type: '', code: '' };
  if (typeof error !== 'object' || error === null) return undefined;
  const { message, type, code } = error as Record<string, unknown>;
  return { message: asText(message), type: asText(type), code: asText(code) };
}

function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

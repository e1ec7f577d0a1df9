import { OperatorError, UpstreamError, UserError, errorText, type DragomanError } from '#shared/ground/errors.ts';
import { redact } from '#shared/process/log.ts';
import type { HeaderRecord } from './retry-after.ts';
import { errorOf, type Failure } from './rules.ts';
import { readWireError, type WireError } from './wire-error.ts';
import { words } from './words.ts';

/** What web frameworks answer where they have nothing, in JSON as well. */
const frameworkWords = /^(?:404 )?(?:page )?(?:not found|method not allowed|no route matched.*)\.?$/i;
/** Characters of what a provider said that the log gets. */
const maxDetail = 2_000;

/** The error of a failed HTTP exchange. `body` is the answer's text; neither it nor a key gets into the message. */
export function errorOfResponse(status: number, headers: HeaderRecord, body: string): DragomanError {
  const error = readWireError(parseJson(body));
  const spoken = error !== undefined && !frameworkWords.test(error.message);
  return classify({ ...(error ?? unspoken(body)), spoken, status, headers });
}

/** The error that an error object within a stream stands for; the status is the one that the object names. */
export function errorOfFrame(frame: unknown): DragomanError {
  const error = readWireError(frame) ?? unspoken(JSON.stringify(frame));
  const status = /\b[45]\d\d\b/.exec(error.code)?.[0];
  return classify({ ...error, spoken: true, status: status === undefined ? 500 : Number(status), headers: {} });
}

/** The model gateway could not be reached, or the connection broke before the answer began. */
export function networkError(cause: unknown): DragomanError {
  const code = String((cause as { code?: unknown } | undefined)?.code);
  if (/CERT|SIGNATURE|ISSUER/.test(code)) return new OperatorError('bad-endpoint', words.certificate, { cause });
  if (/SSL|EPROTO/.test(code)) return new OperatorError('bad-endpoint', words.notTls, { cause });
  return new UpstreamError('network', words.network, { cause });
}

/** The answer stopped in the middle. */
export function cutStream(cause?: unknown): UpstreamError {
  return new UpstreamError('cut-stream', words.cutStream, { cause });
}

const formats = { unreadable: words.badFormat, page: words.webPage, call: words.badCall, endless: words.endless };

/** Something came that is no answer: `detail` is its text, or says what is wrong with it. */
export function badFormat(what: keyof typeof formats, detail: string): UpstreamError {
  return new UpstreamError('bad-format', formats[what], { cause: new Error(redact(detail).slice(0, maxDetail)) });
}

/** The provider ended the answer with a failure. */
export function providerError(detail: string): UpstreamError {
  return new UpstreamError('provider-error', words.providerError, { cause: new Error(detail) });
}

export function overloadedError(detail: string): UpstreamError {
  return new UpstreamError('overloaded', words.overloaded, { cause: new Error(detail) });
}

export function refused(cause?: unknown): UserError {
  return new UserError('refused-content', words.refusedContent, { cause });
}

export function timeoutError(message: string): UpstreamError {
  return new UpstreamError('timeout', message);
}

/** What the upstream said, for the log and for what follows from its words; empty when it said nothing. */
export function upstreamWords(error: DragomanError): string {
  return error.cause === undefined ? '' : errorText(error.cause);
}

function classify(failure: Failure): DragomanError {
  const id = failure.headers['x-litellm-call-id'];
  const detail = `${failure.status} ${failure.type} ${failure.code}: ${failure.message}${id ? ` (LiteLLM call ${String(id)})` : ''}`;
  return errorOf(failure, new Error(redact(detail).slice(0, maxDetail)));
}

function unspoken(body: string): WireError {
  return { message: body.slice(0, 1_000), type: '', code: '' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

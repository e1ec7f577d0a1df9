import {
  INVALID_PARAMS,
  INVALID_REQUEST,
  InsufficientScopeError,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
} from '@modelcontextprotocol/client';
import { unreadable } from './readable.ts';
import { NotSent, TooLongToSend } from './transports.ts';

/**
 * What a failed request tells about its effect:
 * - `not-sent`: it did not reach the server;
 * - `too-long`: it was not sent, because it is longer than its server can read;
 * - `session-lost`: the server refused it because it does not know the connection (any more);
 * - `refused`: the server refused it for another reason, before it did anything;
 * - `error`: the server answered with an error of the protocol;
 * - `unreadable`: the server answered, and the answer cannot be read;
 * - `unknown`: no answer came, or one that does not tell the effect.
 */
export type CallFailure = 'not-sent' | 'too-long' | 'session-lost' | 'refused' | 'error' | 'unreadable' | 'unknown';

/** `hasSession`: whether the server keeps state for the connection that it can forget. */
export function callFailure(error: unknown, hasSession: boolean): CallFailure {
  if (error instanceof SdkHttpError) return httpFailure(error, hasSession);
  if (error instanceof ProtocolError && error.data === unreadable) return 'unreadable';
  if (error instanceof ProtocolError) return deniesSession(error.code, wordsOf(error)) ? 'session-lost' : 'error';
  if (error instanceof InsufficientScopeError) return 'refused';
  if (error instanceof TooLongToSend) return 'too-long';
  if (wasNotSent(error)) return 'not-sent';
  const codes: string[] = [SdkErrorCode.InvalidResult, SdkErrorCode.ClientHttpUnexpectedContent];
  return error instanceof SdkError && codes.includes(error.code) ? 'unreadable' : 'unknown';
}

/** True when the request had no effect and another one needs a new connection. */
export function needsNewConnection(error: unknown, hasSession: boolean): boolean {
  const failure = callFailure(error, hasSession);
  return failure === 'not-sent' || failure === 'session-lost';
}

/** MCP answers 404 for an unknown session; some servers answer with the code of their framework instead. */
const gone = new Set([404, 410]);
const credentials = new Set([401, 403]);

function httpFailure(error: SdkHttpError, hasSession: boolean): CallFailure {
  const { status } = error;
  const text = typeof error.data['text'] === 'string' ? error.data['text'] : '';
  if (gone.has(status) || (hasSession && credentials.has(status))) return 'session-lost';
  const { code, words } = readError(text);
  if (code !== undefined && deniesSession(code, words)) return 'session-lost';
  // A request that is answered with 5xx may have begun.
  if (status >= 500) return 'unknown';
  const silent = text.trim() === '' && status === 400;
  return (hasSession && silent) || speaksOfSession(words) ? 'session-lost' : 'refused';
}

/** The JSON-RPC error in a body, or the body's text. */
function readError(text: string): { code?: number; words: string } {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown; data?: unknown } };
    const { code, message, data } = error ?? {};
    if (typeof code === 'number') return { code, words: `${String(message)} ${JSON.stringify(data) ?? ''}` };
  } catch {
    // Not every server answers in JSON.
  }
  return { words: text };
}

function wordsOf(error: ProtocolError): string {
  return `${error.message} ${JSON.stringify(error.data) ?? ''}`;
}

const sessionNotFound = -32_001;
const notInitialized = -32_002;
const serverError = -32_000;
/** MCP 2026-07-28: the server does not speak this revision, because another server has replaced it. */
const unsupportedVersion = -32_022;

/** Whether a JSON-RPC error says that the session is unknown; a tool with sessions of its own may use similar words. */
function deniesSession(code: number, words: string): boolean {
  switch (code) {
    case unsupportedVersion:
      return true;
    case sessionNotFound:
    case notInitialized:
    case INVALID_REQUEST:
      return speaksOfSession(words);
    // Any tool's failure may have this code, so that only words count that no tool would say of its own sessions.
    case serverError:
      return speaksOfInitialization(words) || /mcp.session|session.?id|bad request.*session/i.test(words);
    // To a call before `initialize` the Python SDK answers with nothing but the second text.
    case INVALID_PARAMS:
      return speaksOfInitialization(words) || /^Invalid request parameters\W*$/.test(words);
    default:
      return false;
  }
}

function speaksOfSession(words: string): boolean {
  const denied =
    /not.?found|unknown|invalid|no valid|no such|expired|missing|required|terminated|closed|not exist|no longer|lost|gone|not (?:valid|active|recogni[sz]ed)|no (?:active )?(?:transport|connection)/i;
  return speaksOfInitialization(words) || (/session|transport/i.test(words) && denied.test(words));
}

function speaksOfInitialization(words: string): boolean {
  return /(?:not|never)(?: been| yet)? ?initiali[sz]ed|uninitiali[sz]ed|before initiali[sz]|initiali[sz]e first/i.test(
    words,
  );
}

function wasNotSent(error: unknown): boolean {
  if (error instanceof NotSent) return true;
  if (error instanceof SdkError && error.code === SdkErrorCode.NotConnected) return true;
  return error instanceof Error && (error.message === 'Not connected' || failedToConnect(error.cause));
}

/** Whether fetch failed before there was a connection over which the request could have been sent. */
function failedToConnect(cause: unknown): boolean {
  if (cause instanceof AggregateError) return cause.errors.every(failedToConnect);
  const { syscall, code = '' } = (cause ?? {}) as NodeJS.ErrnoException;
  if (syscall === 'connect' || syscall === 'getaddrinfo' || code === 'UND_ERR_CONNECT_TIMEOUT') return true;
  return /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF|SELF_SIGNED_CERT|UNABLE_TO_)/.test(code);
}

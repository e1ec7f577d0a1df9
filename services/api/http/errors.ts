import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { DragomanError, errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { confirmCaller } from './caller.ts';
import { ClientGone } from './sse.ts';
import { countRefusal } from '../events.ts';

const log = createLogger('api');

/** OpenAI's kinds of errors, as far as this API answers with them. */
type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'rate_limit_error'
  | 'insufficient_quota'
  | 'server_error';

export interface ErrorBody {
  error: { message: string; type: ErrorType; param: string | null; code: string | null };
}

/** What a client is told: an HTTP status, and an error in OpenAI's shape. The message is for the client's people. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  readonly body: ErrorBody;
  /** Headers of the answer, such as `retry-after`. */
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    message: string,
    options: {
      type?: ErrorType;
      param?: string | undefined;
      code?: string | undefined;
      headers?: Record<string, string>;
    } = {},
  ) {
    super(message);
    this.status = status;
    const type = options.type ?? (status >= 500 ? 'server_error' : 'invalid_request_error');
    this.body = { error: { message, type, param: options.param ?? null, code: options.code ?? null } };
    this.headers = options.headers ?? {};
  }
}

/** One text for every reason why a key is not accepted: nobody learns from it which keys exist. */
export function unauthorized(): ApiError {
  return new ApiError(401, 'The API key is missing or not valid. Send it as Authorization: Bearer <key>.', {
    code: 'invalid_api_key',
    headers: { 'www-authenticate': 'Bearer' },
  });
}

/** A limit on how much of something there may be was reached. */
export function tooMany(message: string, code: string, waitMs: number): ApiError {
  return new ApiError(429, `${message} Wait, and try again.`, {
    type: 'rate_limit_error',
    code,
    headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) },
  });
}

export function notFound(what: string): ApiError {
  return new ApiError(404, `There is no ${what}.`, { code: 'not_found' });
}

/** Refuses what a client would send to a proxy, since nothing is passed on to other hosts, and what names no host. */
export const wellAddressed: RequestHandler = (request, _response, next) => {
  // RFC 9112, 3.2. HTTP/1.0 knew no such header.
  if (request.headers.host === undefined && request.httpVersion !== '1.0') {
    throw new ApiError(400, 'The header Host is missing.');
  }
  if (request.url.startsWith('/') || request.url === '*') return next();
  throw new ApiError(400, 'This server is no proxy: send the path alone.');
};

/** Answers for paths that no route has. */
export const unknownRoute: RequestHandler = (request) => {
  throw new ApiError(
    404,
    `There is no ${request.method} ${request.path.slice(0, 200)}. /openapi.json lists the routes.`,
    {
      code: 'unknown_url',
    },
  );
};

/** Answers for methods that a path does not have. */
export function onlyMethods(...methods: string[]): RequestHandler {
  const allow = methods.join(', ');
  return (request) => {
    throw new ApiError(405, `${request.method} is not possible here: ${allow}.`, {
      code: 'method_not_allowed',
      headers: { allow },
    });
  };
}

/** The last handler: every error leaves in OpenAI's shape, without stack, path or library name. */
export const sendError: ErrorRequestHandler = async (error: unknown, request, response, _next) => {
  // Nobody is there to be told.
  if (error instanceof ClientGone) return;
  const told = toApiError(await forCaller(request, error));
  if (told.status >= 500) {
    log.error({ path: request.path, status: told.status, error: errorText(error) }, 'a request failed');
  }
  countRefusal(told.status, told.body.error.code);
  // The head is out already, so that only a cut connection can tell.
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.status(told.status).set(told.headers).json(told.body);
};

/** What is wrong with a request is nothing for whoever has no key any more. */
async function forCaller(request: Request, error: unknown): Promise<unknown> {
  try {
    await confirmCaller(request);
    return error;
  } catch (refused) {
    return refused;
  }
}

export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof DragomanError) return fromDragoman(error);
  // The router gives it a status, as the body's parser does with its own.
  if (error instanceof URIError) {
    return new ApiError(404, 'The path cannot be read: a % in it begins no character. %25 stands for a %.', {
      code: 'unknown_url',
    });
  }
  const { status, type } = (error ?? {}) as { status?: unknown; type?: unknown };
  if (error instanceof Error && typeof status === 'number' && status >= 400 && status < 500) {
    return fromBodyParser(status, type);
  }
  if (isRedisAway(error)) {
    return new ApiError(
      503,
      'The store of requests does not answer at the moment, so that nothing was accepted, or it is not known. Try again; with an Idempotency-Key nothing is asked twice.',
      { code: 'unavailable', headers: { 'retry-after': '2' } },
    );
  }
  return new ApiError(500, 'Something went wrong inside Dragoman; the operator finds it in the log.');
}

function fromDragoman(error: DragomanError): ApiError {
  const code = error.reason.replaceAll('-', '_');
  switch (error.audience) {
    case 'user':
      return new ApiError(400, error.message, { code });
    case 'operator':
      return new ApiError(503, error.message, { code });
    case 'upstream':
      return new ApiError(502, error.message, { code });
    case 'us':
      return new ApiError(500, 'Something went wrong inside Dragoman; the operator finds it in the log.');
  }
}

/** The kinds of errors that express' body parser throws. One of a broken compression has no type. */
function fromBodyParser(status: number, type: unknown): ApiError {
  switch (type) {
    case 'entity.too.large':
      return new ApiError(413, 'The body is too large.', { code: 'request_too_large' });
    case 'encoding.unsupported':
      return new ApiError(415, 'The content encoding is not known: gzip, deflate, br, zstd or none.');
    case 'charset.unsupported':
      return new ApiError(415, 'The charset is not known: send UTF-8.');
    case 'request.aborted':
      return new ApiError(400, 'The body broke off.');
    default:
      return new ApiError(status === 413 ? 413 : 400, 'The body cannot be read as its Content-Encoding says.');
  }
}

function isRedisAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const away =
    /Command timed out|Connection is closed|ECONNREFUSED|ECONNRESET|EPIPE|max retries|Stream isn't writeable/i;
  const refused = /^(OOM|READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|NOREPLICAS|MISCONF|BUSY)\b/;
  return away.test(error.message) || refused.test(error.message) || error.name === 'MaxRetriesPerRequestError';
}

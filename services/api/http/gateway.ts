import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { callerKey } from '#shared/run/request.ts';
import type { Api } from '../api.ts';
import { callerOf } from './caller.ts';
import { ApiError } from './errors.ts';

const log = createLogger('api');

/** Milliseconds for a whole answer of the gateway. */
const timeoutMs = 300_000;

/** Sends a request on to the model gateway and its answer back, streamed or not. */
export async function passOn(
  { config }: Api,
  { request, response, path, body }: { request: Request; response: Response; path: string; body: unknown },
): Promise<void> {
  const left = new AbortController();
  response.once('close', () => left.abort());
  const answer = await fetch(`${config.LITELLM_API_BASE.replace(/\/$/, '')}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${config.LITELLM_API_KEY}`,
      'x-litellm-end-user-id': callerKey(callerOf(request)),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.any([left.signal, AbortSignal.timeout(timeoutMs)]),
  }).catch((error: unknown) => {
    throw gatewayFailed(errorText(error));
  });
  if (!answer.ok) throw await refusedBy(answer);
  response.status(200).set('content-type', answer.headers.get('content-type') ?? 'application/json');
  if (!answer.body) return void response.end();
  await pipeline(Readable.fromWeb(answer.body), response);
}

/** What a client may know of the gateway's refusal: that it is its own request, or that it is not. */
async function refusedBy(answer: globalThis.Response): Promise<ApiError> {
  const text = (await answer.text()).slice(0, 2_000);
  log.warn({ status: answer.status, answer: text }, 'the model gateway refuses a request');
  if (answer.status === 400 || answer.status === 422) {
    return new ApiError(400, 'The model gateway does not take this request; the operator finds its words in the log.');
  }
  if (answer.status === 429) {
    const wait = answer.headers.get('retry-after') ?? '5';
    return new ApiError(429, 'The model is busy. Wait, and try again.', {
      type: 'rate_limit_error',
      headers: { 'retry-after': wait },
    });
  }
  return gatewayFailed(`status ${answer.status}`);
}

function gatewayFailed(why: string): ApiError {
  log.warn({ error: why }, 'the model gateway does not answer as it should');
  return new ApiError(502, 'The model cannot be reached at the moment.', { code: 'model_unreachable' });
}

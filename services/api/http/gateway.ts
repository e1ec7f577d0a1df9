import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { Request, Response } from 'express';
import { errorText } from '#shared/ground/errors.ts';
import { wellFormedJson } from '#shared/ground/well-formed.ts';
import { createLogger } from '#shared/process/log.ts';
import { callerKey } from '#shared/run/request.ts';
import type { Api } from '../api.ts';
import { callerOf } from './caller.ts';
import { ApiError } from './errors.ts';
import { costIn, countPassedOn, usageIn, type ToldUsage } from './passed-usage.ts';
import { ClientGone, openEventStream } from './sse.ts';

const log = createLogger('api');

/** Milliseconds for a whole answer of the gateway. */
const timeoutMs = 300_000;

export interface PassedOn {
  request: Request;
  response: Response;
  /** Of the gateway, below its base. */
  path: string;
  /** The gateway's name of the model. */
  model: string;
  body: Record<string, unknown>;
}

/** Sends a request on to the model gateway and its answer back, and counts what it used. */
export async function passOn(api: Api, passed: PassedOn): Promise<void> {
  const { request, response, model } = passed;
  const left = new AbortController();
  response.once('close', () => left.abort());
  const answer = await askGateway(api, passed, left.signal);
  if (!answer.ok) throw await refusedBy(answer);
  const type = answer.headers.get('content-type') ?? 'application/json';
  const count = (usage: ToldUsage | undefined) =>
    usage && countPassedOn(api, callerOf(request), { model, usage: { costUsd: costIn(answer.headers), ...usage } });
  if (type.startsWith('text/event-stream')) return await passStream(answer, passed, count);
  const text = await answer.text().catch((error: unknown) => {
    throw gatewayFailed(errorText(error));
  });
  await count(usageIn(parsed(text)));
  response.status(200).set('content-type', type).end(text);
}

function askGateway({ config }: Api, { request, path, body }: PassedOn, left: AbortSignal) {
  return fetch(`${config.LITELLM_API_BASE.replace(/\/$/, '')}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${config.LITELLM_API_KEY}`,
      'x-litellm-end-user-id': callerKey(callerOf(request)),
    },
    body: wellFormedJson(withUsage(body)),
    signal: AbortSignal.any([left, AbortSignal.timeout(timeoutMs)]),
  }).catch((error: unknown) => {
    throw gatewayFailed(errorText(error));
  });
}

/** A stream tells what it used only when it is asked to. */
function withUsage(body: Record<string, unknown>): object {
  if (body['stream'] !== true) return body;
  return { ...body, stream_options: { ...(body['stream_options'] as object | undefined), include_usage: true } };
}

/** Passes a stream on, event by event, without the chunk of usage that the client did not ask for. */
async function passStream(
  answer: globalThis.Response,
  { request, response, body }: PassedOn,
  count: (usage: ToldUsage | undefined) => Promise<void> | undefined,
): Promise<void> {
  const asked = (body['stream_options'] as { include_usage?: unknown } | undefined)?.include_usage === true;
  const stream = openEventStream(request, response);
  let usage: ToldUsage | undefined;
  let last = '';
  try {
    for await (const { data } of eventsOf(answer)) {
      last = data;
      const chunk = parsed(data) as { choices?: unknown } | undefined;
      usage = usageIn(chunk) ?? usage;
      const onlyUsage = Array.isArray(chunk?.choices) && chunk.choices.length === 0;
      if (asked || !onlyUsage) await stream.sendText(data);
    }
    if (last !== '[DONE]') throw new Error('its stream broke off');
  } catch (error) {
    if (error instanceof ClientGone || stream.gone.aborted) return;
    await stream.send({ error: gatewayFailed(errorText(error)).body.error }).catch(() => undefined);
  } finally {
    await count(usage);
  }
  stream.end();
}

async function* eventsOf({ body }: globalThis.Response): AsyncGenerator<{ data: string }> {
  if (body) yield* body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
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

import { within } from '#shared/ground/deadline.ts';
import { errorText } from '#shared/ground/errors.ts';
import { wellFormedJson } from '#shared/ground/well-formed.ts';
import { createLogger } from '#shared/process/log.ts';
import { callerKey } from '#shared/run/request.ts';
import type { Api } from '../api.ts';
import { callerOf } from './caller.ts';
import { ApiError } from './errors.ts';
import { shuttingDown } from './open-streams.ts';
import { answerIn, saidIn, type GatewayAnswer, type PassedOn } from './passed-answer.ts';
import { passStream } from './passed-stream.ts';
import { ClientGone } from './sse.ts';
import { costIn, countPassedOn, toldOrCounted, usageIn, type Count } from './passed-usage.ts';

const log = createLogger('api');

/** Milliseconds for a whole answer of the gateway. */
const timeoutMs = 300_000;
/** Milliseconds within which a refusal still has a status of its own; then the stream begins, to show life. */
const statusMs = 1_000;

/**
 * Sends a request on to the model gateway and its answer back, and counts what it used. Throws ApiError 429 when the
 * caller waits for as many answers as it may.
 */
export async function passOn(api: Api, passed: PassedOn): Promise<void> {
  const { request, response, model, body } = passed;
  const caller = callerOf(request);
  using _ = api.streams.enter(caller.id);
  const left = new AbortController();
  response.once('close', () => left.abort());
  /** What becomes of a failure. There is no run that would go on without this process. */
  const toldOf = (error: unknown): ApiError | ClientGone => {
    if (left.signal.aborted) return new ClientGone('the client has left');
    if (api.streams.closing.aborted) return shuttingDown();
    return error instanceof ApiError ? error : gatewayFailed(errorText(error));
  };
  const count: Count = ({ usage, said, headers }) => {
    const used = toldOrCounted(usage, { asked: body['messages'] ?? body['input'], said });
    return countPassedOn(api, caller, { model, usage: { costUsd: headers && costIn(headers), ...used } });
  };
  const fail = async (error: unknown): Promise<never> => {
    const told = toldOf(error);
    // Or whoever leaves in time would ask for nothing.
    if (told instanceof ClientGone) await count({ said: '' });
    throw told;
  };
  const asking = askGateway(api, passed, AbortSignal.any([left.signal, api.streams.closing]));
  if (body['stream'] === true) {
    await within(asking, statusMs).catch(fail);
    return await passStream(passed, asking, { toldOf, count });
  }
  const { told, headers } = await wholeAnswer(asking).catch(fail);
  await count({ usage: usageIn(told), said: saidIn(told), headers });
  response.json(told);
}

async function wholeAnswer(asking: Promise<globalThis.Response>): Promise<{ told: GatewayAnswer; headers: Headers }> {
  const answer = await asking;
  return { told: answerIn(await answer.text()), headers: answer.headers };
}

/** Rejects with ApiError for a refusal of the gateway. */
async function askGateway({ config }: Api, passed: PassedOn, signal: AbortSignal): Promise<globalThis.Response> {
  const { request, path, body } = passed;
  const answer = await fetch(`${config.LITELLM_API_BASE.replace(/\/$/, '')}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${config.LITELLM_API_KEY}`,
      'x-litellm-end-user-id': callerKey(callerOf(request)),
    },
    body: wellFormedJson(withUsage(body)),
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  if (!answer.ok) throw await refusedBy(answer);
  return answer;
}

/** A stream tells what it used only when it is asked to. */
function withUsage(body: Record<string, unknown>): object {
  if (body['stream'] !== true) return body;
  return { ...body, stream_options: { ...(body['stream_options'] as object | undefined), include_usage: true } };
}

/** What a client may know of the gateway's refusal: that it is its own request, or that it is not. */
async function refusedBy(answer: globalThis.Response): Promise<ApiError> {
  const text = (await answer.text()).slice(0, 2_000);
  log.warn({ status: answer.status, answer: text }, 'the model gateway refuses a request');
  if (answer.status === 400 || answer.status === 422) {
    return new ApiError(400, 'The model gateway does not take this request; the operator finds its words in the log.', {
      code: 'bad_request',
    });
  }
  if (answer.status === 429) {
    return new ApiError(429, 'The model is busy. Wait, and try again.', {
      type: 'rate_limit_error',
      headers: { 'retry-after': String(secondsIn(answer.headers.get('retry-after'))) },
    });
  }
  return gatewayFailed(`status ${answer.status}`);
}

/** Seconds where nobody says how many. */
const waitSeconds = 5;

/** Whole seconds of a `retry-after`, which has them or a date (RFC 9110, 10.2.3). */
function secondsIn(after: string | null): number {
  const isDate = /^[a-z]{3,9},? /i.test(after ?? '');
  const seconds = isDate ? (Date.parse(after ?? '') - Date.now()) / 1_000 : Number(after ?? Number.NaN);
  return Number.isFinite(seconds) && (isDate || seconds >= 0) ? Math.max(1, Math.ceil(seconds)) : waitSeconds;
}

function gatewayFailed(why: string): ApiError {
  log.warn({ error: why }, 'the model gateway does not answer as it should');
  return new ApiError(502, 'The model cannot be reached at the moment.', { code: 'model_unreachable' });
}

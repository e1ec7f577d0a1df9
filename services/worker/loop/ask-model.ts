import { setTimeout as sleep } from 'node:timers/promises';
import { DragomanError, errorText, InternalError, UpstreamError } from '#shared/ground/errors.ts';
import { redact } from '#shared/process/log.ts';
import { publishLive } from '#shared/run/live.ts';
import { callerKey } from '#shared/run/request.ts';
import type { ModelAnswer, ModelRequest } from '../gateway/gateway.ts';
import { limitHit, modelRetried } from '../events.ts';
import { clientTools } from './client-messages.ts';
import type { Offer } from '../tools/toolbox.ts';
import { createLiveText } from './live-text.ts';
import { buildMessages, canShorten, shortened } from './messages.ts';
import type { MustAnswer } from './moves.ts';
import { modelOf, type Run } from './held-run.ts';
import { toldTools } from './told-tools.ts';

/**
 * Asks the model for the next step and records its answer. After a failure that can pass by itself it waits and asks
 * again; every other failure is thrown as a DragomanError. Throws the signal's reason when the run is interrupted.
 */
export async function askModel(run: Run, offer: Offer, must: MustAnswer | undefined): Promise<void> {
  for (;;) {
    // What the request rests on is stored while the model is asked. Nothing is done on the answer before both are
    // stored.
    run.recorder.store();
    try {
      return await askOnce(run, offer, must);
    } catch (error) {
      run.signals.any.throwIfAborted();
      if (!(error instanceof DragomanError)) throw error;
      await afterFailure(run, error);
    }
  }
}

async function askOnce(run: Run, offer: Offer, must: MustAnswer | undefined): Promise<void> {
  const { state, parts } = run;
  const step = state.steps.length;
  const heard = state.steered.length;
  const request = await requestOf(run, offer, must);
  const attempt = state.failures?.count ?? 0;
  using live = createLiveText((text, at) =>
    publishLive(parts.redis, run.id, { type: 'text', epoch: run.epoch, step, attempt, at, text }),
  );
  const started = performance.now();
  let firstTokenMs: number | undefined;
  let answer: ModelAnswer | undefined;
  try {
    for await (const event of parts.gateway.stream(request, run.signals.any)) {
      if (event.type === 'answer') {
        answer = event.answer;
        continue;
      }
      firstTokenMs ??= performance.now() - started;
      live.push(event.text);
    }
    if (!answer) throw new InternalError('no-answer', 'the gateway ended without an answer and without an error');
  } catch (error) {
    if (live.sent !== '') {
      // Or whoever stops each answer just before its end would use no budget.
      const usage = run.signals.any.aborted ? await parts.gateway.usageOfCut(request, live.sent) : undefined;
      run.recorder.record({ type: 'answer.broke-off', step, text: live.sent, ...(usage && { usage }) });
    }
    throw error;
  }
  const most = parts.config.MAX_CALLS_PER_ANSWER;
  const tooMany = Math.max(0, answer.toolCalls.length - most);
  if (tooMany > 0) limitHit('calls-per-answer');
  const leftOut = tooMany + (answer.lostCalls ?? 0);
  run.recorder.record({
    type: 'model.answered',
    step,
    model: request.model,
    text: answer.text,
    toolCalls: answer.toolCalls.slice(0, most),
    ...(leftOut === 0 ? {} : { leftOut }),
    finishReason: answer.finishReason,
    ...(answer.ending && { ending: answer.ending }),
    ...(answer.thought && { thought: answer.thought }),
    usage: answer.usage,
    ...(heard > 0 && { heard }),
    durationMs: Math.round(performance.now() - started),
    ...(firstTokenMs === undefined ? {} : { firstTokenMs: Math.round(firstTokenMs) }),
  });
}

async function requestOf(run: Run, offer: Offer, must: MustAnswer | undefined): Promise<ModelRequest> {
  const { request, parts } = run;
  const model = modelOf(run);
  const told = toldTools(run, offer);
  await tellUnseen(run, model);
  return {
    model,
    messages: buildMessages(run, offer.unreachable, must?.why, await parts.gateway.seesPictures(model)),
    tools: [...parts.toolbox.present(told, await parts.gateway.familyOf(model)), ...clientTools(request.client)],
    ...(told !== offer.tools && { alsoMeant: offer.tools.map(({ name }) => name) }),
    toolChoice: must ? 'none' : choiceOf(run),
    ...limitAndParameters(run),
    endUser: callerKey(request.caller),
    trace: run.id,
    source: request.caller.kind,
  };
}

/** Key of the notice that says that the model does not see the question's pictures. */
const unseen = 'pictures-unseen';

/** Tells the person, not only the model, when it is known that the model cannot look at what they sent. */
async function tellUnseen({ request, state, recorder, parts }: Run, model: string): Promise<void> {
  const count = request.images.length;
  if (count === 0 || state.notices.has(unseen) || !(await parts.gateway.isBlind(model))) return;
  const which = count === 1 ? 'the one' : `the ${count}`;
  const text = `The model ${model} does not see pictures: it answers without ${which} that came with the question.`;
  recorder.record({ type: 'notice', key: unseen, text });
}

/** A program's own limit on the answer counts where it is below the operator's. */
function limitAndParameters({ request, parts }: Run): Pick<ModelRequest, 'maxOutputTokens' | 'parameters'> {
  const { max_tokens, max_completion_tokens, ...parameters } = request.client?.parameters ?? {};
  const limits = [max_completion_tokens, max_tokens, parts.config.MODEL_MAX_OUTPUT_TOKENS].filter(
    (limit) => typeof limit === 'number',
  );
  return { parameters, maxOutputTokens: limits.length === 0 ? undefined : Math.min(...limits) };
}

/** What the program demands of the first answer. After that the model chooses, or it would call tools for ever. */
function choiceOf({ request, state }: Run): ModelRequest['toolChoice'] {
  return state.steps.length === 0 ? (request.client?.toolChoice ?? 'auto') : 'auto';
}

/** Failures that mostly stay: a wrong format comes from a program, not from a busy one. */
const mostAttempts: Record<string, number> = { 'bad-format': 3 };
const backoffBaseMs = 500;
const backoffMaxMs = 20_000;

/** Records the failure and waits until it is time to ask again; throws the error when that would be of no use. */
async function afterFailure(run: Run, error: DragomanError): Promise<void> {
  const { state, recorder } = run;
  const attempt = (state.failures?.count ?? 0) + 1;
  const retryInMs = error.reason === 'context-too-long' ? shorten(run) : waitingTime(run, error, attempt);
  recorder.record({
    type: 'model.failed',
    step: state.steps.length,
    attempt,
    reason: error.reason,
    message: factOf(error),
    ...(error.cause === undefined ? {} : { upstream: redact(errorText(error.cause)).slice(0, 2_000) }),
    ...(retryInMs === undefined ? {} : { retryInMs }),
  });
  if (retryInMs === undefined) throw error;
  modelRetried({ reason: error.reason, attempt, retryInMs });
  if (retryInMs > 0 && !state.notices.has('model-retry')) {
    recorder.record({ type: 'notice', key: 'model-retry', text: `${factOf(error)} I keep trying.` });
  }
  await recorder.flush();
  if (retryInMs > 0)
    await sleep(retryInMs, undefined, { signal: run.signals.any }).catch(() => run.signals.any.throwIfAborted());
}

/** The first sentence of an error: what is wrong, without what the person may do about it. */
function factOf({ message }: DragomanError): string {
  return /^[^]*?[.!?](?= [A-Z])/.exec(message)?.[0] ?? message;
}

/** Milliseconds to wait: exponential with jitter, no less than the upstream asked for. Undefined to give up. */
function waitingTime(run: Run, error: DragomanError, attempt: number): number | undefined {
  if (!error.retryable || attempt >= (mostAttempts[error.reason] ?? Number.POSITIVE_INFINITY)) return undefined;
  const askedFor = error instanceof UpstreamError ? (error.retryAfterMs ?? 0) : 0;
  const backoff = Math.min(backoffBaseMs * 2 ** (attempt - 1), backoffMaxMs) * (0.5 + Math.random() / 2);
  const wait = Math.round(Math.max(askedFor, backoff));
  const since = run.clock() - (run.state.failures?.firstAt ?? run.clock());
  return since + wait > run.parts.config.MODEL_RETRY_BUDGET_MS ? undefined : wait;
}

/** Makes the next request shorter, once per run; undefined when it cannot be shortened. */
function shorten(run: Run): number | undefined {
  if (run.state.notices.has(shortened) || !canShorten(run)) return undefined;
  run.recorder.record({
    type: 'notice',
    key: shortened,
    text: 'The conversation had become too long for the model; earlier messages and long results are left out.',
  });
  return 0;
}

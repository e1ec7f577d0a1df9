import { pipeline, type Duplex, type Readable } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { DragomanError } from '#shared/ground/errors.ts';
import { wellFormedJson } from '#shared/ground/well-formed.ts';
import { AnswerParts } from './answer/assemble.ts';
import { readUsd } from './answer/usage.ts';
import { createFeed } from './body-feed.ts';
import { cutStream, errorOfResponse, networkError, timeoutError } from './errors/errors.ts';
import { words } from './errors/words.ts';
import type { ModelRequest, WireAnswer } from './gateway.ts';
import type { Quirks } from './quirks.ts';
import { accountingHeaders, requestBody } from './request-body.ts';

export type WireEvent = { type: 'text'; text: string } | { type: 'answer'; answer: WireAnswer };

/** All in milliseconds. */
export interface WireTimeouts {
  firstToken: number;
  idle: number;
  total: number;
}

export interface Endpoint {
  dispatcher: Dispatcher;
  origin: string;
  /** Path of chat completions. */
  path: string;
  key: string;
  timeouts: WireTimeouts;
}

type Body = Dispatcher.ResponseData['body'];

/**
 * Streams one answer over HTTP, see `ModelGateway.stream`. It uses bare undici and a parser of events, because an SDK's
 * fetch, web streams and conversions cost several times the CPU of everything else that a run does.
 */
export async function* streamAnswer(
  endpoint: Endpoint,
  request: ModelRequest,
  quirks: Quirks,
  signal: AbortSignal,
): AsyncGenerator<WireEvent> {
  signal.throwIfAborted();
  const clock = startClock(endpoint.timeouts, signal);
  try {
    const response = await ask(endpoint, request, quirks, clock.signal);
    const stream = readEvents(response, request, quirks, clock);
    for (let more = true; more;) {
      more = await stream.next();
      const text = stream.parts.takeText();
      if (text !== '') yield { type: 'text', text };
    }
    signal.throwIfAborted();
    const answer = stream.parts.finish();
    answer.told.costUsd ??= readUsd(first(response.headers['x-litellm-response-cost']));
    const rest = stream.parts.takeText();
    if (rest !== '') yield { type: 'text', text: rest };
    clock.finish();
    yield { type: 'answer', answer };
  } catch (error) {
    if (clock.signal.aborted) throw clock.signal.reason;
    throw error instanceof DragomanError ? error : networkError(error);
  } finally {
    clock.stop();
  }
}

async function ask(
  endpoint: Endpoint,
  request: ModelRequest,
  quirks: Quirks,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const response = await endpoint.dispatcher.request({
    origin: endpoint.origin,
    path: endpoint.path,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${endpoint.key}`,
      ...accountingHeaders(request),
    },
    body: wellFormedJson(requestBody(request, quirks)),
    signal,
  });
  if (response.statusCode >= 200 && response.statusCode < 300) return response;
  throw errorOfResponse(response.statusCode, response.headers, await boundedText(response.body));
}

/** Reads a bounded part of an error body, which may be an endless page. */
async function boundedText(body: Body): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > 100_000) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The body as text; gateways compress it although nobody has asked them to. */
function decoded({ body, headers }: Dispatcher.ResponseData): Readable {
  const encoding = first(headers['content-encoding'])?.trim().toLowerCase() ?? '';
  const decoder = decoders[encoding]?.();
  return decoder ? pipeline(body, decoder, () => undefined) : body;
}

const decoders: Record<string, (() => Duplex) | undefined> = {
  gzip: () => createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  'x-gzip': () => createGunzip({ flush: constants.Z_SYNC_FLUSH }),
  deflate: () => createInflate({ flush: constants.Z_SYNC_FLUSH }),
  br: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
};

interface EventStream {
  parts: AnswerParts;
  /** Waits until something came. Resolves to false when the answer is complete; rejects when it never will be. */
  next(): Promise<boolean>;
}

/** Reads by 'data' events, not an iterator: that takes fewer turns of the event loop, and waits for no consumer. */
function readEvents(
  response: Dispatcher.ResponseData,
  request: ModelRequest,
  quirks: Quirks,
  clock: Clock,
): EventStream {
  const told = request.tools.map(({ function: { name } }) => name);
  const offered = [...new Set([...told, ...(request.alsoMeant ?? [])])];
  const unopened = quirks.has('unopened_thought');
  const parts = new AnswerParts({ offered, asked: request.prompted ?? false, unopened });
  const body = decoded(response);
  const feed = createFeed(parts, () => clock.heard(parts.begun));
  let failure: unknown;
  let closed = false;
  let news = Promise.withResolvers<void>();
  const settle = (step: () => void): void => {
    try {
      if (failure === undefined) step();
    } catch (error) {
      failure = error;
    }
    news.resolve();
  };
  body.on('data', (chunk: Buffer) => settle(() => feed.data(chunk)));
  body.once('end', () => settle(() => feed.end()));
  body.once('error', (error) =>
    settle(() => {
      throw cutStream(error);
    }),
  );
  body.once('close', () => {
    closed = true;
    news.resolve();
  });
  return {
    parts,
    async next() {
      await news.promise;
      news = Promise.withResolvers<void>();
      if (failure === undefined && !closed && !parts.ended) return true;
      // After the provider has said why it ended, a break can no longer take anything from the answer.
      if (!parts.complete) throw failure ?? cutStream();
      if (!closed) setTimeout(() => body.destroy(), drainMs).unref();
      return false;
    },
  };
}

/** Milliseconds that a body gets to end by itself after its last event, so that its connection can be used again. */
const drainMs = 1_000;

interface Clock {
  /** Aborts with the caller's reason, or with the time-out that passed. */
  signal: AbortSignal;
  /** Reports that something came; `begun` is true once it is part of the answer. */
  heard(begun: boolean): void;
  /** Reports that the answer is whole; what is still under way may end by itself. */
  finish(): void;
  /** Ends the exchange if it is not finished. */
  stop(): void;
}

function startClock({ firstToken, idle, total }: WireTimeouts, outer: AbortSignal): Clock {
  const controller = new AbortController();
  const strike = (message: string) => () => controller.abort(timeoutError(message));
  const abort = () => controller.abort(outer.reason);
  outer.addEventListener('abort', abort, { once: true });
  const whole = setTimeout(strike(words.tooSlow), total);
  let current = setTimeout(strike(words.lateStart), firstToken);
  let answering = false;
  let finished = false;
  return {
    signal: controller.signal,
    heard(begun) {
      if (answering) current.refresh();
      else if (begun) {
        answering = true;
        clearTimeout(current);
        current = setTimeout(strike(words.stalled), idle);
      }
    },
    finish() {
      finished = true;
    },
    stop() {
      clearTimeout(whole);
      clearTimeout(current);
      outer.removeEventListener('abort', abort);
      if (!finished) controller.abort();
    },
  };
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

import type { Request, Response } from 'express';
import type { Api } from '../api.ts';
import { toApiError, type ErrorBody } from '../http/errors.ts';
import { shuttingDown } from '../http/open-streams.ts';
import { ClientGone, openEventStream, streamHeaders, type EventStream } from '../http/sse.ts';
import { clientLeft } from './stop.ts';

export interface StreamedRun {
  request: Request;
  response: Response;
  runId: string;
  /** Whether a client that leaves stops the run (see `clientLeft`). */
  stops: boolean;
  headers?: Record<string, string>;
}

export interface StreamWriter {
  /** Writes what there is. Resolves to whether that was all: false when `signal` has aborted before. */
  write(stream: EventStream, signal: AbortSignal): Promise<boolean>;
  /** Says in the client's protocol why the stream ends before. */
  fail(stream: EventStream, error: ErrorBody['error']): Promise<void>;
}

/** Streams a run in some protocol. Every stream ends in order, or with words that say why it does not. */
export async function streamRun(api: Api, run: StreamedRun, writer: StreamWriter): Promise<void> {
  const { request, response, runId, stops, headers } = run;
  // A HEAD has its answer: without a body nothing would be left to wait for.
  if (request.method === 'HEAD')
    return void response
      .status(200)
      .set(streamHeaders)
      .set(headers ?? {})
      .end();
  const stream = openEventStream(request, response, headers);
  try {
    const isWhole = await writer.write(stream, AbortSignal.any([stream.gone, api.streams.closing]));
    if (stream.gone.aborted) throw stream.gone.reason;
    if (!isWhole) throw shuttingDown(runId);
  } catch (error) {
    if (error instanceof ClientGone) return stops ? await clientLeft(api, request, runId) : undefined;
    await writer.fail(stream, toApiError(error).body.error).catch(() => undefined);
  }
  stream.end();
}

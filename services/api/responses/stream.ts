import type { Request, Response } from 'express';
import type { RunRecord } from '#shared/run/record.ts';
import { rememberCalls } from '../answer/remembered.ts';
import { streamRun } from '../answer/stream-run.ts';
import type { Api } from '../api.ts';
import { callerOf } from '../http/caller.ts';
import { textSent } from '../events.ts';
import { followResponse } from './follow.ts';
import type { ResponseView } from './response-object.ts';

export interface Streamed {
  request: Request;
  response: Response;
  view: ResponseView;
  /** Whether a client that leaves stops the run. */
  stops: boolean;
  /** Number of the last event that the client has. */
  after?: number;
  /** Known for a response that is read again. */
  record?: RunRecord;
}

/** Streams a response. Every stream ends with an event that says how, or with an error that says why it does not. */
export function streamResponse(api: Api, streamed: Streamed): Promise<void> {
  const { request, response, view, stops, after = -1, record } = streamed;
  const { runId } = view;
  let last = after;
  return streamRun(
    api,
    { request, response, runId, stops },
    {
      async write(stream, signal) {
        const { writer, events } = followResponse(api, view, signal, record);
        for await (const event of events) {
          if (event.sequence_number <= after) continue;
          if (writer.state.ended) {
            const { calls = [] } = writer.state.ended;
            await rememberCalls(api, callerOf(request), { runId, calls, state: writer.state });
          }
          if (event.type === 'response.output_text.delta') textSent(response);
          await stream.send(event, { event: event.type });
          last = event.sequence_number;
        }
        if (writer.ended) await stream.sendText('[DONE]');
        return writer.ended;
      },
      // It has no number of its own, because it is no part of the response: whoever reads on misses nothing.
      fail: (stream, { message, code, param }) =>
        stream.send({ type: 'error', sequence_number: Math.max(last, 0), code, message, param }, { event: 'error' }),
    },
  );
}

import type { Request, Response } from 'express';
import { foldJournal } from '#shared/run/fold/fold.ts';
import type { Api } from '../api.ts';
import { createSegments } from '../answer/segments.ts';
import { watchAnswer } from '../answer/watch.ts';
import { textSent } from '../events.ts';
import { toApiError } from '../http/errors.ts';
import { shuttingDown } from '../http/open-streams.ts';
import { ClientGone, openEventStream, type EventStream } from '../http/sse.ts';
import { createChunkWriter, questionChunks } from './chunks.ts';

export interface UiStream {
  request: Request;
  response: Response;
  runId: string;
  /** The part of the run to show: a question to a human ends the stream, and the decision's request shows the rest. */
  segment: number;
  /** The message that the page has already begun. */
  messageId: string | undefined;
}

/** Streams an answer to a page. A page that is closed does not stop the run: it comes back and resumes. */
export async function streamUi(api: Api, ui: UiStream): Promise<void> {
  const { request, response, runId, messageId = `msg_${runId}` } = ui;
  const stream = openEventStream(request, response, { 'x-vercel-ai-ui-message-stream': 'v1' });
  try {
    await stream.send({ type: 'start', messageId, messageMetadata: { run: runId } });
    await write(api, ui, stream);
    await stream.sendText('[DONE]');
  } catch (error) {
    if (error instanceof ClientGone) return;
    await stream
      .send({ type: 'error', errorText: toApiError(error).body.error.message })
      .then(() => stream.sendText('[DONE]'))
      .catch(() => undefined);
  }
  stream.end();
}

async function write(api: Api, { response, runId, segment }: UiStream, stream: EventStream): Promise<void> {
  const chunksOf = createChunkWriter(runId);
  const segments = createSegments();
  const approved = new Set<string>();
  const signal = AbortSignal.any([stream.gone, api.streams.closing]);
  for await (const event of watchAnswer(api.follower, runId, signal)) {
    if (event.type === 'asked' || event.type === 'decided') segments.take(event.approval);
    if (event.type === 'asked') approved.add(`${event.approval.step}.${event.approval.call}`);
    if (segments.number !== segment) continue;
    if (event.type === 'asked') {
      // All questions were stored in one step, so that the journal has the others as well.
      const chunks = questionChunks(runId, foldJournal(await api.runs.journal(runId)));
      for (const chunk of chunks) await stream.send(chunk);
      return;
    }
    // The page has the call from the question.
    if (event.type === 'called' && approved.has(`${event.call.step}.${event.call.call}`)) continue;
    if (event.type === 'text') textSent(response);
    for (const chunk of chunksOf(event)) await stream.send(chunk);
    if (event.type === 'ended') return;
  }
  if (stream.gone.aborted) throw stream.gone.reason;
  throw shuttingDown(runId);
}

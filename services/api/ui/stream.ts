import type { Request, Response } from 'express';
import { foldJournal } from '#shared/run/fold/fold.ts';
import type { Api } from '../api.ts';
import { createSegments } from '../answer/segments.ts';
import { streamRun } from '../answer/stream-run.ts';
import { watchAnswer } from '../answer/watch.ts';
import { textSent } from '../events.ts';
import type { EventStream } from '../http/sse.ts';
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
export function streamUi(api: Api, ui: UiStream): Promise<void> {
  const { request, response, runId, messageId = `msg_${runId}` } = ui;
  return streamRun(
    api,
    { request, response, runId, stops: false, headers: { 'x-vercel-ai-ui-message-stream': 'v1' } },
    {
      async write(stream, signal) {
        await stream.send({ type: 'start', messageId, messageMetadata: { run: runId } });
        const isWhole = await write(api, ui, stream, signal);
        if (isWhole) await stream.sendText('[DONE]');
        return isWhole;
      },
      async fail(stream, { message }) {
        await stream.send({ type: 'error', errorText: message });
        await stream.sendText('[DONE]');
      },
    },
  );
}

/** Resolves to whether the part that is asked for is whole. */
async function write(
  api: Api,
  { response, runId, segment }: UiStream,
  stream: EventStream,
  signal: AbortSignal,
): Promise<boolean> {
  const chunksOf = createChunkWriter(runId);
  const segments = createSegments();
  const approved = new Set<string>();
  for await (const event of watchAnswer(api.follower, runId, signal)) {
    if (event.type === 'asked' || event.type === 'decided') segments.take(event.approval);
    if (event.type === 'asked') approved.add(`${event.approval.step}.${event.approval.call}`);
    if (segments.number !== segment) continue;
    if (event.type === 'asked') {
      // All questions were stored in one step, so that the journal has the others as well.
      const chunks = questionChunks(runId, foldJournal(await api.runs.journal(runId)));
      for (const chunk of chunks) await stream.send(chunk);
      return true;
    }
    // The page has the call from the question.
    if (event.type === 'called' && approved.has(`${event.call.step}.${event.call.call}`)) continue;
    if (event.type === 'text') textSent(response);
    for (const chunk of chunksOf(event)) await stream.send(chunk);
    if (event.type === 'ended') return true;
  }
  return false;
}

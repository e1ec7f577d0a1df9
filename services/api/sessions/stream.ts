import type { Request, Response } from 'express';
import type { Api } from '../api.ts';
import { outcomeOf } from '../answer/outcome.ts';
import { clientLeft } from '../answer/stop.ts';
import { watchAnswer } from '../answer/watch.ts';
import { textSent } from '../events.ts';
import { toApiError } from '../http/errors.ts';
import { shuttingDown } from '../http/open-streams.ts';
import { ClientGone, openEventStream } from '../http/sse.ts';

/**
 * Streams the answer of a session: events `session`, `text`, `restarted` (what was written does not stand), `tool`,
 * then `done` or `error`.
 */
export async function streamSession(
  api: Api,
  { request, response, runId, session }: { request: Request; response: Response; runId: string; session: string },
): Promise<void> {
  const stream = openEventStream(request, response);
  const signal = AbortSignal.any([stream.gone, api.streams.closing]);
  try {
    await stream.send({ session_id: session, run: runId }, { event: 'session' });
    let done = false;
    for await (const event of watchAnswer(api.follower, runId, signal)) {
      if (event.type === 'text') {
        textSent(response);
        await stream.send({ text: event.text }, { event: 'text' });
      }
      if (event.type === 'restarted') await stream.send({}, { event: 'restarted' });
      if (event.type === 'called') await stream.send({ tool: event.call.tool }, { event: 'tool' });
      if (event.type !== 'ended') continue;
      const { text } = outcomeOf(event.ended, event.state);
      await stream.send({ response: text, session_id: session, run: runId }, { event: 'done' });
      done = true;
    }
    if (stream.gone.aborted) throw stream.gone.reason;
    if (!done) throw shuttingDown(runId);
  } catch (error) {
    if (error instanceof ClientGone) return await clientLeft(api, request, runId);
    await stream.send(toApiError(error).body, { event: 'error' }).catch(() => undefined);
  }
  stream.end();
}

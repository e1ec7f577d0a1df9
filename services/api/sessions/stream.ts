import type { Request, Response } from 'express';
import type { Api } from '../api.ts';
import { textFor } from '../answer/outcome.ts';
import { streamRun } from '../answer/stream-run.ts';
import { watchAnswer } from '../answer/watch.ts';
import { textSent } from '../events.ts';

/**
 * Streams the answer of a session: events `session`, `text`, `restarted` (what was written does not stand), `tool`,
 * then `done` or `error`.
 */
export function streamSession(
  api: Api,
  { request, response, runId, session }: { request: Request; response: Response; runId: string; session: string },
): Promise<void> {
  return streamRun(
    api,
    { request, response, runId, stops: true },
    {
      async write(stream, signal) {
        await stream.send({ session_id: session, run: runId }, { event: 'session' });
        for await (const event of watchAnswer(api.follower, runId, signal)) {
          if (event.type === 'text') {
            textSent(response);
            await stream.send({ text: event.text }, { event: 'text' });
          }
          if (event.type === 'restarted') await stream.send({}, { event: 'restarted' });
          if (event.type === 'called') await stream.send({ tool: event.call.tool }, { event: 'tool' });
          if (event.type !== 'ended') continue;
          await stream.send({ response: textFor(event.ended), session_id: session, run: runId }, { event: 'done' });
          return true;
        }
        return false;
      },
      fail: (stream, error) => stream.send({ error }, { event: 'error' }),
    },
  );
}

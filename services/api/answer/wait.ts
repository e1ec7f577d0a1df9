import type { Request, Response } from 'express';
import type { RunState } from '#shared/run/fold/run-state.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import type { Api } from '../api.ts';
import { shuttingDown } from '../http/open-streams.ts';
import { ClientGone } from '../http/sse.ts';
import { clientLeft } from './stop.ts';
import { watchAnswer } from './watch.ts';

/**
 * Waits for the end of a run. When the client leaves before, the run is stopped (see `clientLeft`) and this throws ClientGone; when this
 * door closes, it throws ApiError 503 and the run goes on.
 */
export async function waitFor(
  api: Api,
  { runId, request, response }: { runId: string; request: Request; response: Response },
): Promise<{ ended: EntryOf<'run.ended'>; state: RunState }> {
  const gone = new AbortController();
  const leave = () => {
    if (!response.writableFinished) gone.abort();
  };
  response.once('close', leave);
  try {
    const signal = AbortSignal.any([gone.signal, api.streams.closing]);
    for await (const event of watchAnswer(api.follower, runId, signal)) {
      if (event.type === 'ended') return event;
    }
  } finally {
    response.off('close', leave);
  }
  if (!gone.signal.aborted) throw shuttingDown(runId);
  await clientLeft(api, request, runId);
  throw new ClientGone('the client has left');
}

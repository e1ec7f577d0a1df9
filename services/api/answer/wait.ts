import type { Request, Response } from 'express';
import type { RunState } from '#shared/run/fold/run-state.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import type { Api } from '../api.ts';
import { shuttingDown } from '../http/open-streams.ts';
import { ClientGone } from '../http/sse.ts';
import { clientLeft } from './stop.ts';
import { watchAnswer } from './watch.ts';

interface Waits {
  request: Request;
  response: Response;
  runId: string;
}

/**
 * Waits for what `read` brings of a run; undefined when its signal has aborted before. When the client leaves before,
 * the run is stopped (see `clientLeft`) and this throws ClientGone; when this door closes, it throws ApiError 503 and
 * the run goes on.
 */
export async function waitWith<T>(
  api: Api,
  { request, response, runId }: Waits,
  read: (signal: AbortSignal) => Promise<T | undefined>,
): Promise<T> {
  const gone = new AbortController();
  const leave = () => {
    if (!response.writableFinished) gone.abort();
  };
  response.once('close', leave);
  try {
    const found = await read(AbortSignal.any([gone.signal, api.streams.closing]));
    if (found !== undefined) return found;
  } finally {
    response.off('close', leave);
  }
  if (!gone.signal.aborted) throw shuttingDown(runId);
  await clientLeft(api, request, runId);
  throw new ClientGone('the client has left');
}

/** Waits for the end of a run; see `waitWith`. */
export function waitFor(api: Api, waits: Waits): Promise<{ ended: EntryOf<'run.ended'>; state: RunState }> {
  return waitWith(api, waits, async (signal) => {
    for await (const event of watchAnswer(api.follower, waits.runId, signal)) {
      if (event.type === 'ended') return event;
    }
    return undefined;
  });
}

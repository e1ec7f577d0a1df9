import type { Request, Response } from 'express';
import type { RunRecord } from '#shared/run/record.ts';
import type { RunEvent } from '#shared/run/follower.ts';
import { isEntryId } from '#shared/run/journal.ts';
import type { Api } from '../api.ts';
import { streamRun } from '../answer/stream-run.ts';
import { ApiError } from '../http/errors.ts';
import { entryView } from './present.ts';

/**
 * Streams a run's journal, entry by entry, from its beginning or after `Last-Event-ID`, to the run's end. Text that is
 * being written comes between as `text` events without an id, which may be missing. Leaving does not stop the run.
 */
export async function streamEvents(api: Api, request: Request, response: Response, record: RunRecord): Promise<void> {
  // One without a value says that no event has come (HTML, 9.2.4), as one that is not there does.
  const after = request.get('last-event-id') || undefined;
  if (after !== undefined && !isEntryId(after)) {
    throw new ApiError(400, 'Last-Event-ID must be the id of an event that came before.', { param: 'Last-Event-ID' });
  }
  await streamRun(
    api,
    { request, response, runId: record.id, stops: false },
    {
      async write(stream, signal) {
        for await (const event of eventsOf(api, record, after, signal)) {
          if (event.kind === 'entry') {
            await stream.send(entryView(event), { event: event.entry.type, id: event.id });
          } else if (event.event.type === 'text') {
            await stream.send({ step: event.event.step, text: event.event.text }, { event: 'text' });
          }
        }
        return !signal.aborted;
      },
      fail: (stream, error) => stream.send({ error }, { event: 'error' }),
    },
  );
}

async function* eventsOf(
  { lookup, follower }: Api,
  record: RunRecord,
  after: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<RunEvent> {
  // A run that has ended may be in the archive, and has nothing after its end.
  if (record.status === 'ended') {
    for (const stored of await lookup.journal(record)) {
      if (after === undefined || isLater(stored.id, after)) yield { kind: 'entry', ...stored };
    }
    return;
  }
  yield* follower.follow(record.id, { signal, ...(after !== undefined && { after }) });
}

function isLater(id: string, than: string): boolean {
  const [time = 0n, seq = 0n] = id.split('-').map(BigInt);
  const [thanTime = 0n, thanSeq = 0n] = than.split('-').map(BigInt);
  return time > thanTime || (time === thanTime && seq > thanSeq);
}

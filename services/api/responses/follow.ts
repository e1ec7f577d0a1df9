import { rejoin } from '#shared/run/apart.ts';
import type { RunEvent } from '#shared/run/follower.ts';
import { keys } from '#shared/redis/keys.ts';
import type { RunRecord } from '#shared/run/record.ts';
import type { Api } from '../api.ts';
import type { ResponseEvent } from './output.ts';
import type { ResponseView } from './response-object.ts';
import { createResponseWriter, type ResponseWriter } from './writer.ts';

/** A response as it comes: `events` end with it, or when `signal` aborts. */
export interface Following {
  writer: ResponseWriter;
  events: AsyncGenerator<ResponseEvent>;
}

/** `record`: known for a response that is read again; its run may have ended, and be in the archive. */
export function followResponse(api: Api, view: ResponseView, signal: AbortSignal, record?: RunRecord): Following {
  const writer = createResponseWriter(view);
  const run = record?.status === 'ended' ? stored(api, record) : api.follower.follow(view.runId, { signal });
  return { writer, events: eventsOf(api, view, writer, run) };
}

async function* eventsOf(
  api: Api,
  view: ResponseView,
  writer: ResponseWriter,
  run: AsyncIterable<RunEvent>,
): AsyncGenerator<ResponseEvent> {
  yield* writer.taken();
  for await (const event of run) {
    await complete(api, view.runId, event);
    yield* writer.take(event);
    if (writer.ended) return;
    if (event.kind !== 'entry' || view.whole || !writer.asks) continue;
    // All questions were stored in one step, so that the rest of them is there already.
    for (const rest of await api.runs.journal(view.runId, event.id)) yield* writer.take({ kind: 'entry', ...rest });
    yield* writer.pause();
    return;
  }
}

/** The response as it is at this moment. */
export async function readResponse(api: Api, view: ResponseView, record: RunRecord): Promise<ResponseWriter> {
  const writer = createResponseWriter(view);
  for (const each of await api.lookup.journal(record)) writer.take({ kind: 'entry', ...each });
  writer.pause();
  return writer;
}

async function* stored(api: Api, record: RunRecord): AsyncGenerator<RunEvent> {
  for (const each of await api.lookup.journal(record)) yield { kind: 'entry', ...each };
}

/** Whoever follows a run gets only the beginning of a long result. */
async function complete({ redis }: Api, runId: string, event: RunEvent): Promise<void> {
  if (event.kind === 'entry') await rejoin([event], (fields) => redis.hmget(keys.results(runId), ...fields));
}

import type { RunRecord } from '#shared/run/record.ts';
import { keys } from '#shared/redis/keys.ts';
import type { Api } from '../api.ts';
import type { ApiCaller } from '../http/caller.ts';
import { ApiError, notFound } from '../http/errors.ts';
import { runOf } from '../runs/access.ts';
import { placeOf, responseId, type ResponsePlace } from './ids.ts';
import type { ResponseView } from './response-object.ts';
import { shownSchema, type Shown } from './shown.ts';

/** Seconds for which it is known what went on after an approval; of what is not stored, while it is answered. */
const keepSeconds = 30 * 86_400;
const keepUnstoredSeconds = 3_600;

export interface FoundResponse {
  record: RunRecord;
  view: ResponseView;
  shown: Shown;
}

/** The response of this id. Throws the same 404 when it does not exist, is not stored, or is somebody else's. */
export async function findResponse(api: Api, caller: ApiCaller, id: string): Promise<FoundResponse> {
  const found = await findAny(api, caller, id);
  if (!found.shown.store) throw missing();
  return found;
}

/** Also finds one that is not stored: only who gets its id at the moment may ask for it. */
export async function findAny(api: Api, caller: ApiCaller, id: string): Promise<FoundResponse> {
  const place = placeOf(id);
  if (!place) throw missing();
  const record = await runOf(api, caller, place.runId).catch((error: unknown) => {
    throw error instanceof ApiError && error.status === 404 ? missing() : error;
  });
  const first = shownSchema.safeParse(record.request.client?.shown);
  if (!first.success) throw missing();
  const later = place.segment === 0 ? undefined : await readLater(api, place);
  if (place.segment > 0 && !later) throw missing();
  const shown = { ...first.data, ...later?.shown };
  return { record, shown, view: viewOf(place, record, shown, later?.at) };
}

function missing() {
  return notFound('response of this id');
}

function viewOf(place: ResponsePlace, record: RunRecord, shown: Shown, at = record.acceptedAt): ResponseView {
  const format = record.request.client?.parameters?.['response_format'] as { type?: string } | undefined;
  const onlyLast = format !== undefined && format.type !== 'text';
  return { ...place, whole: shown.background, createdAt: at, shown, onlyLast };
}

/** What a request said with which a run went on, besides what its first request said. */
interface Later {
  at: number;
  shown: Pick<Shown, 'background' | 'store' | 'previous' | 'input'>;
}

async function readLater({ redis }: Api, place: ResponsePlace): Promise<Later | undefined> {
  const stored = await redis.get(keys.response(responseId(place)));
  return stored === null ? undefined : (JSON.parse(stored) as Later);
}

/** Stores it once: a request that is sent again changes nothing. */
export async function storeLater({ redis }: Api, place: ResponsePlace, later: Later): Promise<void> {
  const seconds = later.shown.store ? keepSeconds : keepUnstoredSeconds;
  await redis.set(keys.response(responseId(place)), JSON.stringify(later), 'EX', seconds, 'NX');
}

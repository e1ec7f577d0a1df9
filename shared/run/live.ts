import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, longText, of, type Text } from '#shared/redis/script.ts';

/** What is being written or done at this moment. The journal holds what counts. */
export type LiveEvent =
  | {
      type: 'text';
      epoch: number;
      step: number;
      text: string;
      /** How often the model was asked for this step in vain before; absent in events of earlier versions. */
      attempt?: number;
      /** Characters of the answer that came before; absent in events of earlier versions. */
      at?: number;
    }
  | { type: 'tool-progress'; epoch: number; step: number; call: number; message: string };

/** Enough for a follower that reconnects within seconds; the full text comes with the journal entry. */
const maxEvents = 2_000;
const keepMs = 3_600_000;

/** One command instead of two: this runs for every few milliseconds of every answer. */
const publishScript = defineScript(new URL('./live.lua', import.meta.url), {
  keys: ['live'],
  args: { event: of<Text>(), max: of<number>(), keepMs: of<number>() },
  reply: of<null>(),
});

/** Appends a live event. The caller may ignore failures, because nothing depends on it. */
export async function publishLive(redis: Redis, runId: string, event: LiveEvent): Promise<void> {
  await publishScript(
    redis,
    { live: keys.live(runId) },
    { event: longText(JSON.stringify(event)), max: maxEvents, keepMs },
  );
}

/**
 * The text of a step that earlier workers have published and nobody has recorded, as far as it is whole. `after`: the
 * time in milliseconds up to which all is recorded.
 */
export async function readLiveText(
  redis: Redis,
  runId: string,
  place: { epoch: number; step: number; attempt: number; after: number },
): Promise<string> {
  let text = '';
  for (const [, fields] of await redis.xrange(keys.live(runId), place.after + 1, '+')) {
    const event = parseLive(fields);
    if (event?.type !== 'text' || event.epoch >= place.epoch || event.step !== place.step) continue;
    if ((event.attempt ?? 0) === place.attempt && event.at === text.length) text += event.text;
  }
  return text;
}

/** Decodes a row of a live stream; undefined when unreadable or known only to newer versions: any may be missing. */
export function parseLive(fields: string[]): LiveEvent | undefined {
  try {
    const event = JSON.parse(fields[1] ?? 'null') as LiveEvent | null;
    return event?.type === 'text' || event?.type === 'tool-progress' ? event : undefined;
  } catch {
    return undefined;
  }
}

import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { defineScript, of } from '#shared/redis/script.ts';
import type { RunRecord } from './record.ts';

const rejoinScript = defineScript(new URL('./rejoin.lua', import.meta.url), {
  keys: ['record', 'line'],
  args: { id: of<string>(), pivot: of<string>() },
  reply: of<0 | 1>(),
});

/**
 * Mends the line of a run that has not ended: takes out heads that have ended or are gone, so that they keep nobody
 * waiting, and gives the run its place again when its line was lost.
 */
export async function mendLine(redis: Redis, record: RunRecord): Promise<void> {
  const head = await clearHead(redis, record);
  if (head === record.id) return;
  const line = keys.line(record.request.conversation);
  if (head !== null && (await redis.lpos(line, record.id)) !== null) return;
  const pivot = await firstAfter(redis, line, record.acceptedAt);
  await rejoinScript(redis, { record: keys.run(record.id), line }, { id: record.id, pivot });
}

/** The line's head that is left; null when the line is empty. */
async function clearHead(redis: Redis, { id, request }: RunRecord): Promise<string | null> {
  const line = keys.line(request.conversation);
  for (;;) {
    const head = await redis.lindex(line, 0);
    if (head === id || head === null) return head;
    const status = await redis.hget(keys.run(head), 'status');
    if (status !== null && status !== 'ended') return head;
    await redis.lrem(line, 1, head);
  }
}

/**
 * The first run of a line that was accepted later; '' for none. Nobody comes before the head, which has its job. The
 * line is read from its end: runs that lost it are looked after in order, so that each belongs there.
 */
async function firstAfter(redis: Redis, line: string, acceptedAt: number): Promise<string> {
  let pivot = '';
  for (let at = (await redis.llen(line)) - 1; at > 0; at -= 1) {
    const id = await redis.lindex(line, at);
    if (id === null || Number(await redis.hget(keys.run(id), 'acceptedAt')) <= acceptedAt) break;
    pivot = id;
  }
  return pivot;
}

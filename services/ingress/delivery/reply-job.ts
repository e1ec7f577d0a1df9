import { readRun, type RunRecord } from '#shared/runs.ts';
import { errorText } from '#shared/errors.ts';
import type { DiscordTarget } from '#shared/run.ts';
import { failureOf } from '../discord/errors.ts';
import { answerUndeliverable } from '../events.ts';
import type { ReplyParts } from './reply-parts.ts';
import { showUntilEnd } from './showing.ts';
import type { Delivery } from './store.ts';

/** The job `reply`: shows one run in Discord until it has ended and its answer stands. Safe to begin again anywhere. */
export async function showRun(parts: ReplyParts, runId: string, signal: AbortSignal): Promise<void> {
  const record = await readRun(parts.redis, runId);
  const target = record?.request.discord;
  if (!record || !target) return;
  const delivery = await parts.store.read(runId);
  if (delivery.done) return;
  // Another run answers in its place: to go on would write over that one's answer.
  if (record.replayedBy !== undefined) return parts.store.finish(runId);
  await adopt(parts, record, delivery);
  if (!delivery.parts.get('0')?.message && record.status !== 'ended') parts.typing.start(runId, target.channel);
  try {
    await showUntilEnd(parts, record.request, target, delivery, signal);
  } catch (error) {
    if (signal.aborted || !isFinal(error)) throw error;
    await giveUp(parts, record, target, error);
  } finally {
    parts.typing.stop(runId);
  }
}

/** A run that replays another one answers where that one did: it takes over its messages. */
async function adopt(parts: ReplyParts, record: RunRecord, delivery: Delivery): Promise<void> {
  const { replayOf } = record.request;
  if (replayOf === undefined || delivery.parts.size > 0) return;
  const earlier = await parts.store.read(replayOf);
  for (const [name, { message, channel }] of earlier.parts) {
    if (!/^\d+$/.test(name) || message === undefined) continue;
    const part = { message, ...(channel !== undefined && { channel }) };
    delivery.parts.set(name, part);
    await parts.store.write(record.id, name, part);
  }
}

/** Whether trying again is of no use: not allowed, gone, refused. */
function isFinal(error: unknown): boolean {
  return ['forbidden', 'gone', 'invalid'].includes(failureOf(error));
}

async function giveUp(parts: ReplyParts, record: RunRecord, target: DiscordTarget, error: unknown): Promise<void> {
  const why = errorText(error);
  answerUndeliverable({ run: record.id, channel: target.channel, why });
  await parts.store.finish(record.id);
  if (failureOf(error) === 'forbidden') await parts.cannotWrite(record.request, why);
}

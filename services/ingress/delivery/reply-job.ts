import type { RunRecord } from '#shared/run/record.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import type { DiscordTarget } from '#shared/run/request.ts';
import { failureOf } from '../discord/errors.ts';
import { answerUndeliverable, deliveryFailed } from '../events.ts';
import type { DeliveryContext } from './context.ts';
import { showUntilEnd } from './showing.ts';
import { OvertakenError, type Taken } from './store.ts';

const log = createLogger('delivery');

type Undelivered = EntryOf<'undeliverable'>['failure'];

/** The job `reply`: shows one run in Discord until it has ended and its answer stands. Safe to begin again anywhere. */
export async function showRun(ingress: DeliveryContext, runId: string, signal: AbortSignal): Promise<void> {
  const record = await ingress.patient.runs.read(runId);
  const target = record?.request.discord;
  if (!record || !target) return;
  const delivery = await ingress.patient.deliveries.take(runId);
  if (delivery.done) return;
  try {
    // Another run answers in its place: going on would overwrite that run's answer.
    if (record.replayedBy !== undefined) await ingress.patient.deliveries.abandon(runId);
    else await show(ingress, record, target, delivery, signal);
  } catch (error) {
    // A failover has lost the run, and nobody else knows of it who could tell the person.
    if (!signal.aborted && !(await ingress.patient.runs.read(runId))) return await ingress.lost(record.request);
    if (!(error instanceof OvertakenError)) throw error;
    log.warn({ run: runId }, error.message);
    // The other process had finished and we have written over its answer: nobody else would repair that.
    if (error.finished) await showRun(ingress, runId, signal);
  }
}

async function show(
  ingress: DeliveryContext,
  record: RunRecord,
  target: DiscordTarget,
  delivery: Taken,
  signal: AbortSignal,
): Promise<void> {
  await adopt(ingress, record, delivery);
  const runId = record.id;
  if (!delivery.parts.get('0')?.message && record.status !== 'ended') ingress.typing.start(runId, target.channel);
  try {
    await showUntilEnd(ingress, record.request, target, delivery, signal);
  } catch (error) {
    if (signal.aborted || error instanceof OvertakenError) throw error;
    const failure = finalFailure(error);
    if (failure === undefined) {
      deliveryFailed({ run: runId, error: errorText(error) });
      throw error;
    }
    await giveUp(ingress, record, target, failure, errorText(error));
  } finally {
    ingress.typing.stop(runId);
  }
}

/** A run that replays another one answers in the same place, and so takes over its messages. */
async function adopt(ingress: DeliveryContext, record: RunRecord, delivery: Taken): Promise<void> {
  const { replayOf } = record.request;
  if (replayOf === undefined || delivery.parts.size > 0) return;
  const earlier = await ingress.patient.deliveries.take(replayOf);
  for (const [name, { message, channel }] of earlier.parts) {
    if (!/^\d+$/.test(name) || message === undefined) continue;
    const part = { message, ...(channel !== undefined && { channel }) };
    delivery.parts.set(name, part);
    await ingress.patient.deliveries.write(record.id, delivery.turn, name, part);
  }
}

/** Why trying again is of no use: not allowed, gone, refused. Undefined when it may help. */
function finalFailure(error: unknown): Undelivered | undefined {
  const failure = failureOf(error);
  if (failure === 'invalid') return 'refused';
  return failure === 'forbidden' || failure === 'gone' ? failure : undefined;
}

async function giveUp(
  ingress: DeliveryContext,
  record: RunRecord,
  target: DiscordTarget,
  failure: Undelivered,
  why: string,
): Promise<void> {
  const { channel } = target;
  await ingress.patient.runs.undeliverable(record.id, { type: 'undeliverable', channel, failure, why });
  answerUndeliverable({ run: record.id, channel, failure, why });
  await ingress.patient.deliveries.abandon(record.id);
  if (failure === 'forbidden') await ingress.tell.cannotWrite(channel, record.request.caller.id, why);
}

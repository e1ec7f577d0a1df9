import type { RunRecord } from '#shared/run/record.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import type { DiscordTarget } from '#shared/run/request.ts';
import { original } from '../discord/api.ts';
import { failureOf } from '../discord/errors.ts';
import { answerMoved, answerUndeliverable, deliveryFailed } from '../events.ts';
import type { DeliveryContext } from './context.ts';
import { movedName } from './instead.ts';
import { isAnswerPart } from './shown-part.ts';
import { showUntilEnd } from './showing.ts';
import { OvertakenError, type Taken } from './store.ts';
import { isOpen, RefusedError } from './ways.ts';

const log = createLogger('delivery');

type Undelivered = EntryOf<'undeliverable'>['failure'];

/** The job `reply`: shows one run in Discord until it has ended and its answer stands. Safe to begin again anywhere. */
export async function showRun(ingress: DeliveryContext, runId: string, signal: AbortSignal): Promise<void> {
  const taken = await ingress.patient.deliveries.takeRun(runId);
  const target = taken?.record.request.discord;
  if (!taken || !target || taken.delivery.done) return;
  const { record, delivery } = taken;
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
  const typing = !delivery.parts.get('0')?.message && record.status !== 'ended' && target.interaction?.only !== true;
  if (typing) ingress.typing.start(runId, delivery.moved?.channel ?? target.channel);
  try {
    const place = delivery.moved ? { channel: delivery.moved.channel, messages: [] } : target;
    await showUntilEnd(ingress, record.request, place, delivery, signal);
  } catch (error) {
    if (signal.aborted || error instanceof OvertakenError) throw error;
    if (!(error instanceof RefusedError)) {
      deliveryFailed({ run: runId, error: errorText(error) });
      throw error;
    }
    if (!(await move(ingress, record, target, delivery, error))) return await giveUp(ingress, record, target, error);
    await showRun(ingress, runId, signal);
  } finally {
    ingress.typing.stop(runId);
  }
}

/** A run that replays another one answers in the same place, and so takes over its messages. */
async function adopt(ingress: DeliveryContext, record: RunRecord, delivery: Taken): Promise<void> {
  const { replayOf } = record.request;
  if (replayOf === undefined || delivery.parts.size > 0) return;
  const { deliveries } = ingress.patient;
  const earlier = await deliveries.take(replayOf);
  if (earlier.moved) {
    await deliveries.move(record.id, delivery.turn, earlier.moved);
    delivery.moved = earlier.moved;
  }
  for (const [name, { message, channel, hook, deleted }] of earlier.parts) {
    const isOfAnswer = isAnswerPart(name) || name === movedName;
    if (!isOfAnswer || message === undefined || deleted === true) continue;
    const part = { message, ...(channel !== undefined && { channel }), ...(hook !== undefined && { hook }) };
    delivery.parts.set(name, part);
    await deliveries.write(record.id, delivery.turn, name, part);
  }
}

/**
 * Lets the answer go on by direct message, where the person is told why. False when it is one already, or when the
 * person cannot be reached by one.
 */
async function move(
  ingress: DeliveryContext,
  { id, request }: RunRecord,
  target: DiscordTarget,
  delivery: Taken,
  refused: RefusedError,
): Promise<boolean> {
  if (delivery.moved) return false;
  const { channel } = target;
  const person = request.caller.id;
  const why = target.interaction?.only === true ? undefined : ingress.missingToWrite(channel);
  const words = why ?? refused.refusal.words;
  try {
    const direct = await ingress.api.openDm(person);
    if (direct === channel) return false;
    const say = await ingress.languages.inPlace({ channel: direct, person });
    const lead = say('door.cannot-answer', { channel: `<#${channel}>`, why: words(say) });
    await ingress.patient.deliveries.move(id, delivery.turn, { channel: direct, words: lead });
  } catch (error) {
    if (error instanceof OvertakenError || isOpen(error)) throw error;
    log.info({ run: id, error: errorText(error) }, 'a person cannot be reached by direct message');
    return false;
  }
  answerMoved({ run: id, channel, why: errorText(refused.cause ?? refused) });
  ingress.tell.knowsCannotWrite(channel, person);
  await forgetThinking(ingress, target, delivery);
  const record = await ingress.patient.runs.read(id);
  if (record) await ingress.leftovers.leave(record, channel, { moved: true });
  return true;
}

/** Removes "… is thinking" of a command that is answered elsewhere. */
async function forgetThinking(
  { api }: DeliveryContext,
  { interaction }: DiscordTarget,
  { parts }: Pick<Taken, 'parts'>,
): Promise<void> {
  if (!interaction || parts.get('0')?.message !== undefined) return;
  await api.hook.remove(interaction, original).catch((error: unknown) => {
    log.info({ error: errorText(error) }, 'a deferred answer could not be removed');
  });
}

/** Nothing else reaches the person: the log, a metric and the run's journal say so, and the question gets its ❌. */
async function giveUp(
  ingress: DeliveryContext,
  record: RunRecord,
  target: DiscordTarget,
  refused: RefusedError,
): Promise<void> {
  const { channel, message } = target;
  const failure = failureOfRefusal(refused);
  const why = errorText(refused.cause ?? refused);
  await ingress.patient.runs.undeliverable(record.id, { type: 'undeliverable', channel, failure, why });
  answerUndeliverable({ run: record.id, channel, failure, why });
  await ingress.patient.deliveries.abandon(record.id);
  await forgetThinking(ingress, target, await ingress.patient.deliveries.read(record.id));
  await ingress.leftovers.leave(record, channel, { moved: false });
  if (message !== undefined) ingress.reactions.ended(channel, message, 'failed');
}

function failureOfRefusal({ cause }: RefusedError): Undelivered {
  if (cause === undefined) return 'forbidden';
  const failure = failureOf(cause);
  return failure === 'forbidden' || failure === 'gone' ? failure : 'refused';
}

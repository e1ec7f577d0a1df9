import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import type { PauseReason, Schedule } from '#shared/schedules/schedule.ts';
import { pauseSchedule } from '#shared/schedules/store.ts';
import { oneLine } from '../delivery/escape.ts';
import { nonceOf } from '../delivery/nonce.ts';
import { flags } from '../discord/api.ts';
import { failureOf } from '../discord/errors.ts';
import { schedulePaused } from '../events.ts';
import type { ScheduleContext } from './context.ts';
import { pauseWords } from './words.ts';

const log = createLogger('schedules');

/**
 * Pauses a schedule that cannot go on, and says so: in its channel, or to its maker where the bot cannot or is not to
 * write there.
 * It is said first, with one nonce for the occurrence, so that a kill in between makes neither silence nor two messages.
 */
export async function pauseAndTell(
  ingress: ScheduleContext,
  schedule: Schedule,
  why: Exclude<PauseReason, 'asked'>,
): Promise<void> {
  const occurrence = schedule.next;
  if (occurrence === undefined) return;
  await tell(ingress, schedule, why, nonceOf(schedule.id, `paused ${occurrence}`));
  const paused = await pauseSchedule(ingress.redis, schedule.id, { why, by: 'Dragoman', occurrence });
  if (paused) schedulePaused({ schedule: schedule.id, why });
}

async function tell(
  { api, languages, missingToWrite }: ScheduleContext,
  { id, guild, channel, maker, question }: Schedule,
  why: Exclude<PauseReason, 'asked'>,
  nonce: string,
): Promise<void> {
  const say = await languages.inPlace({ guild, channel, person: maker.id });
  const reason = pauseWords(say, { why, by: '', at: 0 });
  const values = { question: oneLine(question, 100), id, person: `<@${maker.id}>`, why: reason };
  const body = { content: say('schedule.told-paused', values), flags: flags.suppressEmbeds | flags.silent };
  try {
    const isHere = why !== 'no-place' && why !== 'not-chosen' && missingToWrite(channel) === undefined;
    if (isHere) return void (await api.send(channel, body, nonce));
    await api.send(await api.openDm(maker.id), body, nonce);
  } catch (error) {
    // Whoever cannot be told now must not keep a schedule going; one that Discord may have posted is not repeated.
    log.warn({ schedule: id, why, failure: failureOf(error), error: errorText(error) }, 'a pause could not be told');
  }
}

import type { AcceptLimits } from '#shared/run/accept.ts';
import type { Settings } from '#shared/settings/read-settings.ts';
import { callerSchema, type Caller } from '#shared/run/request.ts';
import { usedUpBudget } from '#shared/rights/budget.ts';
import { occurrenceId, type Schedule } from '#shared/schedules/schedule.ts';
import { occurrenceDone, readSchedule, type Standing } from '#shared/schedules/store.ts';
import { dueBetween } from '#shared/schedules/timing.ts';
import { snowflakeOf } from '../discord/snowflakes.ts';
import { scheduleAsked } from '../events.ts';
import { answersIn, settingsAt, withSettings } from '../request/settings.ts';
import { callerOf } from '../request/build.ts';
import { judgePlace } from '../triggers/gates.ts';
import type { ScheduleContext } from './context.ts';
import { makerNow, type MakerNow } from './maker.ts';
import { pauseAndTell } from './pause.ts';
import { headingOf, lateWords } from './words.ts';

/** Milliseconds after its time from which an answer says that it comes late. */
const lateMs = 120_000;

/** Milliseconds by which Discord's clock may be behind Redis'. */
const clocksApartMs = 3_600_000;

/** What became of an occurrence; `not-yet`: it stays due, and is tried again. */
export type Asked = 'asked' | 'paused' | 'unpaid' | 'not-due' | 'not-yet';

/**
 * Asks what is due of a schedule, with the rights that its maker has at this moment. Whatever was missed is asked once.
 * The run's id follows from the schedule and from the time at which it was due, and the schedule moves on afterwards:
 * a kill in between, or a second process at the same time, makes neither two runs nor none. Rejects when Redis or
 * Discord is away.
 */
export async function askDue(ingress: ScheduleContext, id: string, now: number): Promise<Asked> {
  const standing = await readSchedule(ingress.redis, id);
  if (standing?.schedule.next === undefined || standing.schedule.next > now) {
    // Stored together, so that this is what another process has just changed.
    return 'not-due';
  }
  const { schedule } = standing;
  const due = standing.schedule.next;
  const maker = await makerNow(ingress.client, schedule, schedule.maker.id);
  if (maker === 'unknown') return 'not-yet';
  const why = 'gone' in maker ? maker.gone : whyNotHere(ingress, schedule, maker);
  if (why !== undefined || 'gone' in maker) {
    await pauseAndTell(ingress, schedule, why ?? 'no-place');
    return 'paused';
  }
  const caller = callerNow(schedule, maker);
  const asked = placeFor(schedule, maker);
  const settings = await settingsAt(ingress, asked);
  if (!answersIn(settings, asked)) {
    await pauseAndTell(ingress, schedule, 'not-chosen');
    return 'paused';
  }
  if (await usedUpBudget(ingress, caller)) {
    await occurrenceDone(ingress.redis, standing, due, { now, unpaid: true });
    return 'unpaid';
  }
  return ask(ingress, standing, { due, now, caller, settings });
}

function whyNotHere(
  { config, missingToWrite }: ScheduleContext,
  { guild, channel, maker }: Schedule,
  { roles, parent, thread }: Exclude<MakerNow, 'unknown' | { gone: unknown }>,
): 'not-here' | 'no-place' | undefined {
  if (missingToWrite(channel) !== undefined) return 'no-place';
  const kind = guild === undefined ? 'dm' : thread ? 'thread' : 'channel';
  const place = {
    kind,
    channel,
    ...(guild !== undefined && { guild }),
    ...(parent !== undefined && { parent }),
  } as const;
  return judgePlace({ ...place, roles, author: { id: maker.id } }, config) ? 'not-here' : undefined;
}

function placeFor({ guild, channel, maker }: Schedule, { parent }: Exclude<MakerNow, 'unknown' | { gone: unknown }>) {
  return {
    channel,
    author: { id: maker.id },
    ...(guild !== undefined && { guild }),
    ...(parent !== undefined && { parent }),
  };
}

function callerNow({ guild, channel, maker }: Schedule, now: Exclude<MakerNow, 'unknown' | { gone: unknown }>): Caller {
  const author = { id: maker.id, name: now.name ?? maker.name, bot: false, system: false };
  return callerSchema.parse(callerOf({ author, roles: now.roles, channel, ...(guild !== undefined && { guild }) }));
}

function limitsFor({ policy, config }: ScheduleContext, caller: Caller): AcceptLimits {
  const most = policy.current().requestsPerMinute(caller);
  return { pending: config.DISCORD_MAX_PENDING, ...(most !== undefined && { requests: { most, withinMs: 60_000 } }) };
}

async function ask(
  ingress: ScheduleContext,
  standing: Standing,
  { due, now, caller, settings }: { due: number; now: number; caller: Caller; settings: Settings },
): Promise<Asked> {
  const { schedule } = standing;
  const { guild, channel, question, timing, zone } = schedule;
  const runId = occurrenceId(schedule, due);
  const say = await ingress.languages.inPlace({ guild, channel, person: caller.id });
  const missed = dueBetween(timing, zone, due, now);
  // Written before the run, because whoever shows the run reads it then.
  if (now - due > lateMs) await ingress.deliveries.writeWarnings(runId, [lateWords(say, due, missed)]);
  const accepted = await ingress.runs.accept(
    withSettings(
      {
        id: runId,
        caller,
        // Each occurrence stands alone: it sees no earlier talk, and nobody's line waits for it.
        conversation: `discord:${channel}:schedule-${schedule.id}`,
        context: [],
        text: question,
        discord: {
          ...(guild !== undefined && { guild }),
          channel,
          messages: [],
          heading: headingOf(say, schedule),
          after: snowflakeOf(Math.min(due, now) - clocksApartMs),
        },
      },
      settings,
      ingress,
    ),
    { limits: limitsFor(ingress, caller) },
  );
  if (accepted.tooMany) return 'not-yet';
  await occurrenceDone(ingress.redis, standing, due, { now });
  if (accepted.fresh) scheduleAsked({ schedule: schedule.id, run: runId, lateMs: now - due, missed });
  return 'asked';
}

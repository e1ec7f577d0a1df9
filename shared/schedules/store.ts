import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { redisNow } from '#shared/redis/connect.ts';
import { defineScript, longText, of, type Text } from '#shared/redis/script.ts';
import { rowOf } from '#shared/run/audit-row.ts';
import { callerKey, whoOf } from '#shared/run/request.ts';
import { occurrenceId, placeOf, scheduleSchema, type PauseReason, type Schedule } from './schedule.ts';
import { nextDue } from './timing.ts';

/** What happened to a schedule, for the audit log. */
export type ScheduleDeed = 'added' | 'paused' | 'resumed' | 'deleted' | 'ended';

export interface ScheduleLimits {
  perPerson: number;
  perServer: number;
}

/** A schedule with the text that it was read from, which a change must still find. */
export interface Standing {
  schedule: Schedule;
  text: string;
}

type Outcome = 'stored' | 'changed' | 'too-many-of-maker' | 'too-many-in-place';

const changeScript = defineScript(new URL('./change.lua', import.meta.url), {
  keys: ['stored', 'due', 'ofMaker', 'inPlace', 'log'],
  args: {
    id: of<string>(),
    before: of<Text>(),
    after: of<Text>(),
    dueAt: of<number | undefined>(),
    who: of<string>(),
    row: of<string | undefined>(),
    maxOfMaker: of<number>(),
    maxInPlace: of<number>(),
  },
  reply: of<Outcome>(),
});

interface Change {
  before: string;
  after: Schedule | undefined;
  /** A deed goes to the audit log, with who did it. */
  deed?: { what: ScheduleDeed; by: string };
  limits?: ScheduleLimits;
}

async function change(redis: Redis, schedule: Schedule, { before, after, deed, limits }: Change): Promise<Outcome> {
  const { id, maker, guild, channel, question, when, zone } = schedule;
  const person = { kind: 'discord' as const, id: maker.id, name: maker.name, discordRoles: [] };
  const facts = { schedule: id, channel, ...(guild !== undefined && { guild }), when, zone };
  const said = deed?.what === 'added' ? { question: question.slice(0, maxQuestionInLog) } : {};
  return changeScript(
    redis,
    {
      stored: keys.schedules,
      due: keys.schedulesDue,
      ofMaker: keys.schedulesOf(callerKey(person)),
      inPlace: keys.schedulesIn(placeOf(schedule)),
      log: keys.audit,
    },
    {
      id,
      before: longText(before),
      after: longText(after === undefined ? '' : JSON.stringify(after)),
      dueAt: after?.next,
      who: whoOf(person),
      row: deed && rowOf('schedule', { deed: deed.what, by: deed.by, ...facts, ...said }),
      maxOfMaker: limits?.perPerson ?? Number.MAX_SAFE_INTEGER,
      maxInPlace: limits?.perServer ?? Number.MAX_SAFE_INTEGER,
    },
  );
}

const maxQuestionInLog = 200;

/** Stores a new schedule. Returns which limit forbids it, when one does. */
export async function addSchedule(
  redis: Redis,
  made: Omit<Schedule, 'id'>,
  limits: ScheduleLimits,
): Promise<Schedule | 'too-many-of-maker' | 'too-many-in-place'> {
  for (;;) {
    const schedule = { ...made, id: newId() };
    const deed = { what: 'added' as const, by: made.maker.name };
    const outcome = await change(redis, schedule, { before: '', after: schedule, deed, limits });
    if (outcome === 'stored') return schedule;
    // Another one has the id.
    if (outcome !== 'changed') return outcome;
  }
}

/** Letters and digits that are not mistaken for each other, because people type them. */
const idAlphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

function newId(): string {
  return [...randomBytes(6)].map((byte) => idAlphabet[byte % idAlphabet.length]).join('');
}

export async function readSchedule(redis: Redis, id: string): Promise<Standing | undefined> {
  const text = await redis.hget(keys.schedules, id);
  return text === null ? undefined : { schedule: scheduleSchema.parse(JSON.parse(text)), text };
}

/**
 * The schedules of a person, of a place (`placeOf`), or all; those that are due soonest come first. One that another
 * version has written in another form is left out.
 */
export async function listSchedules(redis: Redis, of: { person?: string; place?: string } = {}): Promise<Schedule[]> {
  const wanted =
    of.person === undefined
      ? of.place === undefined
        ? await redis.hkeys(keys.schedules)
        : await redis.smembers(keys.schedulesIn(of.place))
      : await redis.smembers(keys.schedulesOf(`discord:${of.person}`));
  if (wanted.length === 0) return [];
  const texts = await redis.hmget(keys.schedules, ...wanted);
  const found = texts.flatMap((text) => (text === null ? [] : readable(text)));
  return found.toSorted((a, b) => (a.next ?? Number.MAX_SAFE_INTEGER) - (b.next ?? Number.MAX_SAFE_INTEGER));
}

function readable(text: string): Schedule[] {
  try {
    return [scheduleSchema.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}

/** Ids of schedules whose time has come, the longest due first. */
export async function dueSchedules(redis: Redis, now: number, most: number): Promise<string[]> {
  return redis.zrangebyscore(keys.schedulesDue, '-inf', now, 'LIMIT', 0, most);
}

/** Pauses it. False when it is gone or paused already. `occurrence`: only while this one is still to come. */
export async function pauseSchedule(
  redis: Redis,
  id: string,
  how: { why: PauseReason; by: string; occurrence?: number },
): Promise<boolean> {
  const at = await redisNow(redis);
  return changeStanding(redis, id, 'paused', how.by, ({ next, ...schedule }) => {
    if (schedule.paused || (how.occurrence !== undefined && how.occurrence !== next)) return undefined;
    return { ...schedule, paused: { why: how.why, by: how.by, at } };
  });
}

/** Lets it go on from now; what was due meanwhile is not made up for. False when it is not paused, or never due again. */
export async function resumeSchedule(redis: Redis, id: string, by: string): Promise<boolean> {
  const now = await redisNow(redis);
  return changeStanding(redis, id, 'resumed', by, ({ paused, ...schedule }) => {
    const next = nextDue(schedule.timing, schedule.zone, now);
    return paused && next !== undefined ? { ...schedule, next } : undefined;
  });
}

/** Forgets it. False when it was gone already. */
export async function deleteSchedule(redis: Redis, id: string, by: string): Promise<boolean> {
  for (;;) {
    const standing = await readSchedule(redis, id);
    if (!standing) return false;
    const deed = { what: 'deleted' as const, by };
    const outcome = await change(redis, standing.schedule, { before: standing.text, after: undefined, deed });
    if (outcome === 'stored') return true;
  }
}

/**
 * Notes that an occurrence was dealt with: the next one is the first after both the occurrence and `now`, so that what
 * was missed meanwhile is not made up for one by one, and nothing comes twice when a clock is set back. One that is
 * never due again is forgotten. Does nothing when another process has noted it, or somebody has changed the schedule.
 */
export async function occurrenceDone(
  redis: Redis,
  { schedule, text }: Standing,
  due: number,
  done: { now: number; unpaid?: true },
): Promise<void> {
  const next = nextDue(schedule.timing, schedule.zone, Math.max(due, done.now));
  const { unpaid: _, ...rest } = schedule;
  const noted = done.unpaid ? { ...rest, unpaid: due } : { ...rest, last: { due, run: occurrenceId(schedule, due) } };
  if (next !== undefined) await change(redis, schedule, { before: text, after: { ...noted, next } });
  else {
    const deed = { what: 'ended' as const, by: schedule.maker.name };
    await change(redis, schedule, { before: text, after: undefined, deed });
  }
}

async function changeStanding(
  redis: Redis,
  id: string,
  what: ScheduleDeed,
  by: string,
  make: (schedule: Schedule) => Schedule | undefined,
): Promise<boolean> {
  for (;;) {
    const standing = await readSchedule(redis, id);
    const after = standing && make(standing.schedule);
    if (!after) return false;
    const outcome = await change(redis, standing.schedule, { before: standing.text, after, deed: { what, by } });
    if (outcome === 'stored') return true;
  }
}

import { keys } from '#shared/redis/keys.ts';
import { redisNow } from '#shared/redis/connect.ts';
import { readWhen, type WhenProblem } from '#shared/schedules/read-when.ts';
import type { Schedule } from '#shared/schedules/schedule.ts';
import { addSchedule as store } from '#shared/schedules/store.ts';
import { zoneNamed } from '#shared/schedules/zone.ts';
import { inlineCode, oneLine } from '#services/ingress/delivery/escape.ts';
import { messageDropped } from '#services/ingress/events.ts';
import type { Answer } from '#services/ingress/interactions/answer.ts';
import type { SpokenInteraction } from '#services/ingress/interactions/interaction.ts';
import type { Say } from '#services/ingress/language/say.ts';
import { plainName } from '#services/ingress/request/names.ts';
import { answersIn, settingsAt } from '#services/ingress/request/settings.ts';
import { makerNow } from '#services/ingress/schedules/maker.ts';
import { timestamp } from '#services/ingress/schedules/words.ts';
import { judgePlace } from '#services/ingress/triggers/gates.ts';
import type { CommandContext } from '../command.ts';

/** `/schedule add`: passes the same gates as a question, in the channel in which it is to be answered. */
export async function addSchedule(interaction: SpokenInteraction, ingress: CommandContext): Promise<Answer> {
  const { say, values, author, guild } = interaction;
  const question = (values.get('question') ?? '').trim();
  if (question === '') return { say: say('schedule.no-question') };
  const channel = values.get('channel') ?? interaction.channel;
  const refusal = await whyNot(interaction, ingress, channel);
  if (refusal !== undefined) return { say: refusal };
  const zone = await zoneFor(interaction, ingress);
  if (zone === undefined)
    return { say: say('schedule.no-zone', { zone: inlineCode(values.get('timezone') ?? '', 60) }) };
  const now = await redisNow(ingress.redis);
  const { DISCORD_SCHEDULE_MIN_MINUTES: minutes } = ingress.config;
  const when = values.get('when') ?? '';
  const read = readWhen(when, { now, zone, leastGapMs: minutes * 60_000, language: say.language });
  if (typeof read === 'string') return { say: problemWords(say, read, minutes) };
  const made = {
    maker: { id: author.id, name: plainName(author.name) },
    channel,
    question,
    when,
    zone,
    createdAt: now,
  };
  const stored = await keep(ingress, { ...made, ...(guild !== undefined && { guild }), ...read });
  return { say: typeof stored === 'string' ? limitWords(say, stored, ingress) : addedWords(say, stored) };
}

/** Why a question of this person may not be answered there; undefined when it may. */
async function whyNot(
  interaction: SpokenInteraction,
  ingress: CommandContext,
  channel: string,
): Promise<string | undefined> {
  const { say, guild, author, place, tokenOnly } = interaction;
  if (place === 'group' || (tokenOnly && channel === interaction.channel)) return say('schedule.token-only');
  const maker = await makerNow(ingress.client, { guild, channel }, author.id);
  if (maker === 'unknown') return say('schedule.token-only');
  if ('gone' in maker) {
    const key = maker.gone === 'no-place' ? 'schedule.other-server' : 'schedule.you-cannot-write';
    return say(key, { channel: `<#${channel}>` });
  }
  const missing = ingress.missingToWrite(channel);
  if (missing !== undefined) return say('door.cannot-write', { channel: `<#${channel}>`, why: missing(say) });
  const kind = guild === undefined ? ('dm' as const) : maker.thread ? ('thread' as const) : ('channel' as const);
  const { parent } = maker;
  const asked = { kind, channel, roles: maker.roles, author, ...(guild !== undefined && { guild }) };
  const refused = judgePlace({ ...asked, ...(parent !== undefined && { parent }) }, ingress.config);
  if (!refused) return whyNotChosen(interaction, ingress, asked, parent);
  messageDropped({ message: interaction.id, channel, gate: refused.gate, why: refused.why });
  return say('not-here', { why: say(refused.key) });
}

/** The server's own list of channels, when it leaves this one out. */
async function whyNotChosen(
  { id, say }: SpokenInteraction,
  ingress: CommandContext,
  asked: { guild?: string; channel: string; author: { id: string } },
  parent: string | undefined,
): Promise<string | undefined> {
  const place = { ...asked, ...(parent !== undefined && { parent }) };
  const settings = await settingsAt(ingress, place);
  if (answersIn(settings, place)) return undefined;
  messageDropped({ message: id, channel: asked.channel, gate: 'channel-not-chosen', why: 'a setting of the server' });
  const channels = (settings.values.channels ?? []).map((each) => `<#${each}>`).join(', ');
  return say('not-here-only-in', { channels });
}

/** The zone that was named, or was named last. Undefined when there is no such zone. */
async function zoneFor(
  { values, author }: SpokenInteraction,
  { redis, config }: CommandContext,
): Promise<string | undefined> {
  const named = values.get('timezone');
  const field = `discord:${author.id}`;
  if (named === undefined) return (await redis.hget(keys.schedulesZones, field)) ?? zoneNamed(config.DISCORD_TIMEZONE);
  const zone = zoneNamed(named);
  if (zone !== undefined) await redis.hset(keys.schedulesZones, field, zone);
  return zone;
}

function keep(ingress: CommandContext, made: Omit<Schedule, 'id'>): ReturnType<typeof store> {
  const { DISCORD_SCHEDULES_PER_PERSON: perPerson, DISCORD_SCHEDULES_PER_SERVER: perServer } = ingress.config;
  return store(ingress.redis, made, { perPerson, perServer });
}

function problemWords(say: Say, problem: WhenProblem, minutes: number): string {
  switch (problem) {
    case 'no-time':
      return say('schedule.no-time', { example: say('schedule.example') });
    case 'too-often':
      return say('schedule.too-often', { count: minutes });
    default:
      return say(`schedule.${problem}`);
  }
}

function limitWords(say: Say, limit: 'too-many-of-maker' | 'too-many-in-place', { config }: CommandContext): string {
  return limit === 'too-many-of-maker'
    ? say('schedule.too-many-of-maker', { count: config.DISCORD_SCHEDULES_PER_PERSON })
    : say('schedule.too-many-in-place', { count: config.DISCORD_SCHEDULES_PER_SERVER });
}

/** The time stands there as each reader's Discord shows it, so that a wrong time zone is seen at once. */
function addedWords(say: Say, { id, when, zone, channel, timing, next = 0 }: Schedule): string {
  const values = { id, channel: `<#${channel}>`, next: `${timestamp(next, 'F')} (${timestamp(next, 'R')})` };
  if (timing.kind === 'once') return say('schedule.added-once', values);
  return say('schedule.added', { ...values, when: oneLine(when, 80), zone });
}

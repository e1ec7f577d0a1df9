import { listSchedules as read } from '#shared/schedules/store.ts';
import { placeOf, type Schedule } from '#shared/schedules/schedule.ts';
import { oneLine } from '#services/ingress/delivery/escape.ts';
import type { Answer } from '#services/ingress/interactions/answer.ts';
import type { SpokenInteraction } from '#services/ingress/interactions/interaction.ts';
import type { Say } from '#services/ingress/language/say.ts';
import { pauseWords, timestamp } from '#services/ingress/schedules/words.ts';
import type { CommandContext } from '../command.ts';

/** Discord's limit, with room for the last line. */
const most = 1_900;

/** `/schedule list`: a person's own in this place; for who manages the server, everybody's. */
export async function listSchedules(interaction: SpokenInteraction, { redis }: CommandContext): Promise<Answer> {
  const { say, author } = interaction;
  const shown = (await read(redis, { place: placeOf(interaction) })).filter((each) => maySee(interaction, each));
  if (shown.length === 0) return { say: say('schedule.none') };
  const lines = shown.map((each) => lineOf(say, each, author.id));
  const kept: string[] = [];
  let room = most - say('schedule.yours').length;
  for (const line of lines) if ((room -= line.length + 1) >= 0) kept.push(line);
  const missing = lines.length - kept.length;
  const more = missing > 0 ? [say('lines.more', { count: missing })] : [];
  return { say: [say('schedule.yours'), ...kept, ...more].join('\n') };
}

/** Whether a person may see and change a schedule: it is theirs, or they manage the server. */
export function maySee({ author, admin, ...place }: SpokenInteraction, schedule: Schedule): boolean {
  return placeOf(place) === placeOf(schedule) && (schedule.maker.id === author.id || admin);
}

function lineOf(say: Say, schedule: Schedule, reader: string): string {
  const { id, question, when, zone, channel, maker, next, paused, unpaid } = schedule;
  const values = { id, question: oneLine(question, 80), when: oneLine(when, 60), zone, channel: `<#${channel}>` };
  const facts = [
    say('schedule.line', values),
    ...(maker.id === reader ? [] : [say('schedule.line-of', { person: `<@${maker.id}>` })]),
    ...(paused ? [say('schedule.paused', { why: pauseWords(say, paused) })] : []),
    ...(next === undefined ? [] : [say('schedule.next', { when: timestamp(next, 'R') })]),
    ...(unpaid === undefined ? [] : [say('schedule.unpaid', { when: timestamp(unpaid, 'f') })]),
  ];
  return `- ${facts.join(' · ')}`;
}

import type { Schedule } from '#shared/schedules/schedule.ts';
import { deleteSchedule, pauseSchedule, readSchedule, resumeSchedule } from '#shared/schedules/store.ts';
import type { Answer } from '#services/ingress/interactions/answer.ts';
import type { SpokenInteraction } from '#services/ingress/interactions/interaction.ts';
import { plainName } from '#services/ingress/request/names.ts';
import { timestamp } from '#services/ingress/schedules/words.ts';
import type { CommandContext } from '../command.ts';
import { maySee } from './list.ts';

/** `/schedule pause`. */
export async function pause(interaction: SpokenInteraction, ingress: CommandContext): Promise<Answer> {
  return change(interaction, ingress, async ({ id }, by) => {
    const paused = await pauseSchedule(ingress.redis, id, { why: 'asked', by });
    const { say } = interaction;
    return paused ? say('schedule.now-paused', { id }) : say('schedule.already-paused', { id });
  });
}

/** `/schedule resume`: what was due meanwhile is not made up for. */
export async function resume(interaction: SpokenInteraction, ingress: CommandContext): Promise<Answer> {
  const { say } = interaction;
  return change(interaction, ingress, async ({ id }, by) => {
    if (!(await resumeSchedule(ingress.redis, id, by))) return say('schedule.cannot-resume', { id });
    const next = (await readSchedule(ingress.redis, id))?.schedule.next ?? 0;
    return say('schedule.now-resumed', { id, next: timestamp(next, 'F') });
  });
}

/** `/schedule delete`. */
export async function removeSchedule(interaction: SpokenInteraction, ingress: CommandContext): Promise<Answer> {
  return change(interaction, ingress, async ({ id }, by) => {
    await deleteSchedule(ingress.redis, id, by);
    return interaction.say('schedule.deleted', { id });
  });
}

/** Finds the schedule that is meant, which must be one that this person may change. */
async function change(
  interaction: SpokenInteraction,
  { redis }: CommandContext,
  act: (schedule: Schedule, by: string) => Promise<string>,
): Promise<Answer> {
  const id = (interaction.values.get('id') ?? '').trim().toLowerCase().replaceAll('`', '');
  const standing = await readSchedule(redis, id);
  if (!standing || !maySee(interaction, standing.schedule)) {
    const shown = id.replaceAll(/[^a-z0-9]/g, '').slice(0, 20);
    return { say: interaction.say('schedule.unknown', { id: shown }) };
  }
  return { say: await act(standing.schedule, plainName(interaction.author.name)) };
}

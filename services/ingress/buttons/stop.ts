import { plainName } from '../request/names.ts';
import { isAsker, runOfPress, type Button } from './button.ts';

/** Ends the run. For the person who asked, and for moderators. */
export const stop: Button = async (press, ingress) => {
  const record = await runOfPress(press, ingress);
  if (!record || record.status === 'ended') return 'quiet';
  if (!isAsker(press, record) && !press.interaction.moderator) {
    return { say: `Only <@${record.request.caller.id}>, or somebody who moderates this channel, can stop this.` };
  }
  await ingress.runs.stop(record.id, plainName(press.interaction.author.name));
  return 'quiet';
};

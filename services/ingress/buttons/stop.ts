import { plainName } from '../request/names.ts';
import { isAsker, runOfPress, type Button } from './button.ts';

/** Ends the run. For the person who asked, and for moderators. */
export const stop: Button = async (press, ingress) => {
  const record = await runOfPress(press, ingress);
  if (!record || record.status === 'ended') return 'quiet';
  if (!isAsker(press, record) && !press.interaction.moderator) {
    return { say: press.interaction.say('stop.not-yours', { person: `<@${record.request.caller.id}>` }) };
  }
  await ingress.runs.stop(record.id, plainName(press.interaction.author.name));
  return 'quiet';
};

import { askAgain } from '../request/again.ts';
import { isAsker, runOfPress, type Button } from './button.ts';

/** Asks again and replaces the present answer. For the person who asked, and for admins. */
export const retry: Button = async (press, ingress) => {
  const record = await runOfPress(press, ingress);
  if (!record) return { say: press.interaction.say('older.gone') };
  if (record.status !== 'ended') return 'quiet';
  if (!isAsker(press, record) && !press.interaction.admin) {
    return { say: press.interaction.say('retry.not-yours', { person: `<@${record.request.caller.id}>` }) };
  }
  const why = await askAgain(record, press.interaction.author, ingress);
  return why ? { say: why(press.interaction.say) } : 'quiet';
};

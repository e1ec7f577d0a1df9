import { foldJournal } from '#shared/run/fold/fold.ts';
import { detailsOf, reasoningOf } from '../delivery/details.ts';
import { runShownHere, type Button } from './button.ts';

/** Shows the person what was done for an answer. */
export const details: Button = async (press, ingress) => {
  const record = await runShownHere(press, ingress);
  if (!record) return { say: press.interaction.say('details.gone') };
  const { content, ...rest } = detailsOf(
    press.interaction.say,
    record.id,
    foldJournal(await ingress.runs.journal(record.id)),
  );
  return { say: content, ...rest };
};

/** Shows what the model thought. */
export const thought: Button = async (press, ingress) => {
  const record = await runShownHere(press, ingress);
  if (!record) return { say: press.interaction.say('details.gone') };
  const shown = reasoningOf(press.interaction.say, foldJournal(await ingress.runs.journal(record.id)));
  if (!shown) return { say: press.interaction.say('details.no-thought') };
  const { content, ...rest } = shown;
  return { say: content, ...rest };
};

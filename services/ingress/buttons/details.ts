import { foldJournal } from '#shared/run/fold/fold.ts';
import { detailsOf, reasoningOf } from '../delivery/details.ts';
import { runShownHere, type Button } from './button.ts';

const gone = { say: 'What was done for this answer is not kept any more.' };

/** Shows the person what was done for an answer. */
export const details: Button = async (press, ingress) => {
  const record = await runShownHere(press, ingress);
  if (!record) return gone;
  const { content, ...rest } = detailsOf(record.id, foldJournal(await ingress.runs.journal(record.id)));
  return { say: content, ...rest };
};

/** Shows what the model thought. */
export const thought: Button = async (press, ingress) => {
  const record = await runShownHere(press, ingress);
  if (!record) return gone;
  const shown = reasoningOf(foldJournal(await ingress.runs.journal(record.id)));
  if (!shown) return { say: 'The model told nothing of what it thought.' };
  const { content, ...rest } = shown;
  return { say: content, ...rest };
};

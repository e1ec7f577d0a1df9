import { foldJournal } from '#shared/run/fold/fold.ts';
import { rulesFor } from '../delivery/rules.ts';
import { tablePage } from '../delivery/table-pages.ts';
import { runShownHere, type Button } from './button.ts';

/** Shows the person further rows of a table, page by page: `rows:run`, then `rows:run:table:page`. */
export const rows: Button = async (press, ingress) => {
  const record = await runShownHere(press, ingress);
  if (!record) return { say: 'This answer is not kept any more. Its rows are in the file of the message.' };
  const state = foldJournal(await ingress.runs.journal(record.id));
  const [table = '0', page] = press.rest;
  const wanted = { table: Number(table), page: page === undefined ? undefined : Number(page) };
  const shown = tablePage(record.id, state, rulesFor(record.request, ingress.config), wanted);
  if (!shown) return { say: 'There are no further rows.' };
  const { content, components } = shown;
  return { say: content, components, update: page !== undefined };
};

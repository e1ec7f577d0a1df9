import { foldJournal } from '#shared/run/fold/fold.ts';
import { rulesFor } from '../delivery/rules.ts';
import { tablePage } from '../delivery/table-pages.ts';
import { runShownHere, type Button } from './button.ts';

/** Shows the person further rows of a table, page by page: `rows:run`, then `rows:run:table:page`. */
export const rows: Button = async (press, ingress) => {
  const record = await runShownHere(press, ingress);
  if (!record) return { say: press.interaction.say('details.no-page') };
  const state = foldJournal(await ingress.runs.journal(record.id));
  const [table = '0', page] = press.rest;
  const wanted = { table: Number(table), page: page === undefined ? undefined : Number(page) };
  const shown = tablePage(press.interaction.say, record.id, state, rulesFor(record.request, ingress.config), wanted);
  if (!shown) return { say: press.interaction.say('table.no-more') };
  const { content, components } = shown;
  return { say: content, components, update: page !== undefined };
};

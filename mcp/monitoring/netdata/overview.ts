import { printable, shown } from '#mcp/words.ts';
import { likeIt } from '../prometheus/words.ts';
import type { Chart } from './api.ts';

const most = { contexts: 80, charts: 6, near: 15 };

/** What the agent measures: a line for each context, with its charts. Netdata's own charts are left out. */
export function contextsText(charts: readonly Chart[]): string {
  const contexts = Map.groupBy(
    charts.filter(({ id }) => !id.startsWith('netdata.')),
    ({ context, id }) => context || id,
  );
  const all = [...contexts].toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const lines = all.slice(0, most.contexts).map(([context, of]) => contextLine(context, of));
  const rest =
    all.length > most.contexts
      ? [`[Cut: ${most.contexts} of ${all.length} contexts are shown; name others as chart.]`]
      : [];
  return [`${all.length} contexts. Call again with one of these charts:`, ...lines, ...rest].join('\n');
}

/** What most questions are about comes first. */
function rank(context: string): number {
  const at = ['system.', 'mem.', 'disk', 'net.', 'cpu.'].findIndex((begin) => context.startsWith(begin));
  return at < 0 ? 9 : at;
}

function contextLine(context: string, charts: readonly Chart[]): string {
  const [first] = charts;
  const ids = charts.map(({ id }) => printable(id));
  const alone = ids.length === 1 && ids[0] === printable(context);
  const rest = ids.length > most.charts ? `, and ${ids.length - most.charts} more` : '';
  const list = alone ? '' : `: ${ids.slice(0, most.charts).join(', ')}${rest}`;
  return `${printable(context)} (${printable(first!.title)}, ${printable(first!.units)})${list}`;
}

/** For a chart that there is not: those that are called alike, or what their titles say. */
export function noSuchChart(wanted: string, charts: readonly Chart[]): string {
  const names = [...new Set(charts.flatMap(({ id, context }) => [id, context]))];
  const words = wanted.toLowerCase();
  const titled = charts
    .filter(({ title }) => words.length > 2 && title.toLowerCase().includes(words))
    .map(({ id }) => id);
  const near = [...new Set([...likeIt(wanted, names, most.near), ...titled])].slice(0, most.near);
  const hint =
    near.length > 0 ? `Alike: ${near.map(printable).join(', ')}.` : 'Call without chart to see which there are.';
  return `There is no chart ${shown(wanted)}. ${hint}`;
}

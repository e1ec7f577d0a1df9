import { z } from 'zod';
import { defineTool, ToolError, type AnyTool, type ToolContext, type ToolOutput } from '#mcp/kit.ts';
import type { Service } from '#mcp/http/service.ts';
import { printable, readable } from '#mcp/words.ts';
import { labelsText, rowsText } from '../table.ts';
import { alertmanagerAlerts, merged, prometheusAlerts, type Alert } from './read.ts';

const MOST = 50;
const MOST_SUMMARY = 200;

const states = ['firing', 'pending', 'silenced', 'inhibited'] as const;

const input = z.object({
  state: z.enum(states).optional(),
  match: z.string().max(200).optional().describe('Text in the name, a label or the summary.'),
});

const output = z.object({
  total: z.number(),
  alerts: z.array(
    z.object({ name: z.string(), state: z.enum(states), since: z.string(), labels: z.string(), summary: z.string() }),
  ),
  truncated: z.boolean(),
});

type Input = z.output<typeof input>;
type Output = z.output<typeof output>;

export interface AlertSources {
  prometheus: Service | undefined;
  alertmanager: Service | undefined;
}

/** `alerts_list`: alerts that fire, wait or are silenced. */
export function alertsListTool(sources: AlertSources): AnyTool {
  return defineTool({
    name: 'alerts_list',
    title: 'List alerts',
    description: 'Lists the alerts of Prometheus and Alertmanager at this moment.',
    input,
    output,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    run: (args, context) => alertsList(sources, args, context),
  });
}

async function alertsList(sources: AlertSources, args: Input, context: ToolContext): Promise<ToolOutput<Output>> {
  const { alerts: all, notes } = await readAll(sources, context);
  const wanted = args.match?.trim().toLowerCase() ?? '';
  const alerts = all
    .filter(({ state }) => args.state === undefined || state === args.state)
    .filter((alert) => wanted === '' || textOf(alert).includes(wanted))
    .toSorted((a, b) => states.indexOf(a.state) - states.indexOf(b.state) || compare(b.since, a.since));
  const shown = alerts.slice(0, MOST);
  const rows = shown.map(({ name, state, since, labels, summary }) => {
    const { alertname: _, severity = '', ...rest } = labels;
    return [state, printable(name), printable(severity), since.replace(/\.\d+/, ''), labelsText(rest), short(summary)];
  });
  const cut = alerts.length > MOST ? `[Cut: ${MOST} of ${alerts.length} alerts are shown. Give state or match.]` : '';
  const table = rowsText(['state', 'alert', 'severity', 'since', 'labels', 'summary'], rows);
  const unknown =
    !sources.alertmanager && (args.state === 'silenced' || args.state === 'inhibited')
      ? `Only Alertmanager knows which alerts are ${args.state}, and none is set up here (ALERTMANAGER_URL).`
      : '';
  const none = unknown || noneText(all, args);
  const text = [...notes, alerts.length === 0 ? none : table, cut].filter(Boolean).join('\n');
  return {
    data: {
      total: alerts.length,
      alerts: shown.map((alert) => ({
        ...alert,
        name: printable(alert.name),
        labels: labelsText(alert.labels),
        summary: short(alert.summary),
      })),
      truncated: alerts.length > MOST,
    },
    text,
  };
}

/** What those say that answer; one that does not is told of. Throws ToolError where none answers. */
async function readAll(
  { prometheus, alertmanager }: AlertSources,
  context: ToolContext,
): Promise<{ alerts: Alert[]; notes: string[] }> {
  const ends = await Promise.allSettled([
    prometheus ? prometheusAlerts(prometheus, context) : [],
    alertmanager ? alertmanagerAlerts(alertmanager, context) : [],
  ]);
  const failed = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  const asked = [prometheus, alertmanager].filter(Boolean).length;
  const unforeseen = failed.find((error) => !(error instanceof ToolError));
  if (unforeseen !== undefined) throw unforeseen;
  if (failed.length === asked) throw failed[0];
  const [fromRules = [], fromManager = []] = ends.map((end) => (end.status === 'fulfilled' ? end.value : []));
  const notes = failed.map((error) => `[Not all is known: ${(error as ToolError).message}]`);
  return { alerts: merged(fromRules, fromManager), notes };
}

function noneText(all: readonly Alert[], args: Input): string {
  if (all.length === 0) return 'There are no alerts.';
  const names = [...new Set(all.map(({ name }) => name))].slice(0, 20).map(printable).join(', ');
  const which = [args.state, args.match && 'with that text'].filter(Boolean).join(' ');
  return `No alert is ${which || 'there'}. There are ${all.length} others: ${names}`;
}

function textOf({ name, labels, summary }: Alert): string {
  return [name, summary, ...Object.values(labels)].join('\n').toLowerCase();
}

function short(text: string): string {
  return readable(text.length > MOST_SUMMARY ? `${text.slice(0, MOST_SUMMARY)}…` : text);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import { isObject } from '#shared/ground/objects.ts';
import type { ToolContext } from '#mcp/kit.ts';
import { Stranger } from '#mcp/http/failures.ts';
import type { Service } from '#mcp/http/service.ts';
import { dataOf } from '../prometheus/api.ts';
import type { Labels } from '../series.ts';

type Context = Pick<ToolContext, 'signal'>;

/** `silenced` and `inhibited`: it fires, and Alertmanager tells nobody. */
export type AlertState = 'firing' | 'pending' | 'silenced' | 'inhibited';

export interface Alert {
  name: string;
  state: AlertState;
  labels: Labels;
  /** RFC 3339. */
  since: string;
  summary: string;
}

/** What Prometheus' rules say: alerts that fire, and those whose time has not come. */
export function prometheusAlerts(service: Service, context: Context): Promise<Alert[]> {
  return service.ask({ path: ['api', 'v1', 'alerts'] }, context, (answer) => {
    const data = dataOf(answer);
    const alerts = isObject(data) ? data['alerts'] : undefined;
    if (!Array.isArray(alerts)) throw new Stranger('JSON without alerts');
    return alerts.filter(isObject).map((alert) => ({
      ...commonOf(alert, alert['activeAt']),
      state: alert['state'] === 'pending' ? ('pending' as const) : ('firing' as const),
    }));
  });
}

/** What Alertmanager has (its API v2, `GET /alerts`), silenced and inhibited ones too. */
export function alertmanagerAlerts(service: Service, context: Context): Promise<Alert[]> {
  return service.ask({ path: ['api', 'v2', 'alerts'] }, context, (answer) => {
    if (!Array.isArray(answer) || !answer.every(isObject)) throw new Stranger('JSON that is no list of alerts');
    return answer.map((alert) => ({
      ...commonOf(alert, alert['startsAt']),
      state: suppression(alert['status']),
    }));
  });
}

function suppression(status: unknown): AlertState {
  if (!isObject(status) || status['state'] !== 'suppressed') return 'firing';
  const silences = status['silencedBy'];
  return Array.isArray(silences) && silences.length > 0 ? 'silenced' : 'inhibited';
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

function commonOf(alert: Record<string, unknown>, since: unknown): Omit<Alert, 'state'> {
  const labels = textsOf(alert['labels']);
  const { summary, description, message } = textsOf(alert['annotations']);
  return {
    name: labels['alertname'] ?? 'without a name',
    labels,
    since: typeof since === 'string' && RFC_3339.test(since) ? since : '',
    summary: summary ?? description ?? message ?? '',
  };
}

function textsOf(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** One list of both: what Alertmanager says of an alert counts, and Prometheus adds those that wait. */
export function merged(prometheus: readonly Alert[], alertmanager: readonly Alert[]): Alert[] {
  const byName = Map.groupBy(alertmanager, ({ name }) => name);
  // Prometheus adds labels of its own when it sends an alert.
  const known = (alert: Alert) =>
    byName
      .get(alert.name)
      ?.some((other) => Object.entries(alert.labels).every(([key, value]) => other.labels[key] === value));
  return [...alertmanager, ...prometheus.filter((alert) => !known(alert))];
}

import { z } from 'zod';
import { addressSetting, readAddress } from '#mcp/http/address.ts';
import { createService, type Service, type ServiceSettings } from '#mcp/http/service.ts';
import type { AnyTool, Domain } from '#mcp/kit.ts';
import { createRoom } from '#mcp/room.ts';
import { roomFor } from '#shared/ground/memory.ts';
import { alertsListTool } from './alerts/alerts-list.ts';
import { checkAll } from './check.ts';
import * as loki from './loki/api.ts';
import { lokiQueryTool } from './loki/loki-query.ts';
import { netdataMetricsTool } from './netdata/netdata-metrics.ts';
import * as prometheus from './prometheus/api.ts';
import { prometheusQueryTool } from './prometheus/prometheus-query.ts';

const whole = () => z.coerce.number().int();

export const config = z.object({
  PROMETHEUS_URL: addressSetting('http://prometheus:9090').meta({
    secret: true,
    description:
      'Prometheus, or what speaks its HTTP API; user and password may stand in it. Without it no prometheus_query',
    example: 'http://prometheus:9090',
  }),
  ALERTMANAGER_URL: addressSetting('http://alertmanager:9093').meta({
    secret: true,
    description:
      'Alertmanager: which alerts are silenced. alerts_list needs this or PROMETHEUS_URL, and knows more with both',
    example: 'http://alertmanager:9093',
  }),
  LOKI_URL: addressSetting('http://loki:3100').meta({
    secret: true,
    description: 'Loki; user and password may stand in it. Without it no loki_query',
    example: 'http://loki:3100',
  }),
  LOKI_TENANT: z
    .string()
    .regex(/^[\x21-\x7e]{1,150}$/, 'must be one word of printable ASCII')
    .optional()
    .meta({ description: "Loki's tenant (X-Scope-OrgID), where it has several" }),
  NETDATA_URL: addressSetting('http://netdata:19999').meta({
    secret: true,
    description: "Netdata's agent. Without it no netdata_metrics",
    example: 'http://netdata:19999',
  }),
  MONITORING_TIMEOUT_MS: whole().min(100).max(120_000).default(20_000).meta({
    description: 'Longest question to Prometheus, Loki, Netdata or Alertmanager, in milliseconds',
  }),
  MONITORING_MAX_BYTES: whole().min(10_000).max(32_000_000).default(4_000_000).meta({
    description: 'Most bytes of one answer that are taken in; a 32nd of the memory that the process may hold at most',
  }),
});

type Settings = z.output<typeof config>;

/** A parsed answer takes several times its bytes. */
const room = roomFor(512 * 1024 ** 2) / 4;

/** The tools over what watches other systems. Those whose service has no address are not offered. */
export function createDomain(settings: Settings): Domain {
  const services = servicesOf(settings);
  const { Prometheus, Alertmanager, Loki, Netdata } = services;
  const tools: (AnyTool | undefined)[] = [
    Prometheus && prometheusQueryTool(Prometheus),
    (Prometheus ?? Alertmanager) && alertsListTool({ prometheus: Prometheus, alertmanager: Alertmanager }),
    Loki && lokiQueryTool(Loki),
    Netdata && netdataMetricsTool(Netdata),
  ];
  return {
    name: 'monitoring',
    title: 'Metrics, logs and alerts',
    keywords:
      'metrics logs alerts monitoring cpu memory disk load latency error outage down Metriken Protokolle Alarme Auslastung Fehler Ausfall métricas registros alertas errores métriques journaux alertes panne метрики логи тревоги ошибки нагрузка 指标 日志 告警 错误 メトリクス ログ アラート エラー',
    tools: tools.filter((tool) => tool !== undefined),
    answerBytes: settings.MONITORING_MAX_BYTES,
    check: () => checkAll(services),
    async [Symbol.asyncDispose]() {
      await Promise.all(Object.values(services).map((service) => service?.[Symbol.asyncDispose]()));
    },
  };
}

/** By the names that people know them under. */
export type Services = Partial<Record<'Prometheus' | 'Alertmanager' | 'Loki' | 'Netdata', Service>>;

function servicesOf(settings: Settings): Services {
  const common = {
    timeoutMs: settings.MONITORING_TIMEOUT_MS,
    maxBytes: Math.min(settings.MONITORING_MAX_BYTES, Math.floor(room / 4)),
    room: createRoom(room),
  };
  const make = (
    variable: 'PROMETHEUS_URL' | 'ALERTMANAGER_URL' | 'LOKI_URL' | 'NETDATA_URL',
    service: string,
    own: Partial<ServiceSettings> = {},
  ): Service | undefined => {
    const url = settings[variable];
    if (url === undefined) return undefined;
    return createService({ service, variable, address: readAddress(url), ...common, ...own });
  };
  const tenant = settings.LOKI_TENANT;
  const services: Record<keyof Services, Service | undefined> = {
    Prometheus: make('PROMETHEUS_URL', 'Prometheus', { refusal: prometheus.refusal }),
    Alertmanager: make('ALERTMANAGER_URL', 'Alertmanager'),
    Loki: make('LOKI_URL', 'Loki', {
      refusal: loki.refusal,
      ...(tenant !== undefined && { headers: { 'x-scope-orgid': tenant } }),
    }),
    Netdata: make('NETDATA_URL', 'Netdata'),
  };
  const set = Object.entries(services).filter(([, service]) => service !== undefined);
  return Object.fromEntries(set) as Services;
}

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { within } from '#shared/ground/deadline.ts';
import * as values from './metric-labels.ts';
import { anyName } from './metric-labels.ts';

/** The one registry of this process. Labels are bounded: never a user, run or message id. */
export const registry = new Registry();

const fast = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const slow = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600];

/** The values of each label: all that code can count, or `anyName`. */
type Labels = Record<string, readonly string[] | typeof anyName>;
type LabelsOf<L extends Labels> = { [K in keyof L]: L[K] extends readonly string[] ? L[K][number] : string };

/** The labels of every metric by its full name, for checks of queries. */
export const declaredLabels = new Map<string, Labels>();

/** Declares a metric and returns the settings that prom-client wants. */
function declare<L extends Labels>(name: string, help: string, labels: L) {
  const fullName = `dragoman_${name}`;
  declaredLabels.set(fullName, labels);
  return { name: fullName, help, labelNames: Object.keys(labels) as (keyof L & string)[], registers: [registry] };
}

interface TypedCounter<L extends Labels> {
  inc(labels: LabelsOf<L>, by?: number): void;
  /**
   * Shows 0 for every value of the other labels. Prometheus sees an increase only between two scrapes, so it would miss
   * the first failure of a process if the series began with it.
   */
  beginAtZero(labels: Partial<LabelsOf<L>>): void;
}

/** Begins at 0 by itself unless a label takes any name; then `beginAtZero` must say which names will come. */
function counter<const L extends Labels>(name: string, help: string, labels: L): TypedCounter<L> {
  const made: Counter = new Counter(declare(name, help, labels));
  const beginAtZero = (known: Record<string, string | undefined>): void => {
    for (const row of combinations(labels, known)) made.inc(row, 0);
  };
  if (!Object.values<Labels[string]>(labels).includes(anyName)) beginAtZero({});
  return {
    // A counter refuses what is no amount by throwing, and what is counted must not fail because of its figure.
    inc: (row, by = 1) => made.inc(row, by >= 0 && by < Infinity ? by : 0),
    beginAtZero,
  };
}

function combinations(labels: Labels, known: Record<string, string | undefined>): Record<string, string>[] {
  let rows: Record<string, string>[] = [{}];
  for (const [label, values] of Object.entries(labels)) {
    const given = known[label];
    if (given === undefined && values === anyName) throw new Error(`which ${label}?`);
    const all = given === undefined ? (values as readonly string[]) : [given];
    rows = rows.flatMap((row) => all.map((value) => ({ ...row, [label]: value })));
  }
  return rows;
}

function histogram<const L extends Labels>(name: string, help: string, buckets: number[], labels: L) {
  return new Histogram({ ...declare(name, help, labels), buckets });
}

function gauge<const L extends Labels>(name: string, help: string, labels: L) {
  return new Gauge(declare(name, help, labels));
}

type Row<L extends Labels> = { labels: LabelsOf<L>; value: number };

/** Milliseconds that a scrape waits for values. */
const sampleMs = 2_000;

/**
 * A gauge whose values are read at the moment of a scrape. Those that cannot be read are left out, as are those of a
 * Redis that does not answer: the process must show its other figures all the same.
 */
function sampledGauge<const L extends Labels>(name: string, help: string, labels: L) {
  let sample: (() => Promise<Row<L>[]>) | undefined;
  let reading: Promise<Row<L>[]> | undefined;
  /** One read at a time: what cannot be answered must not pile up. */
  async function read(): Promise<Row<L>[]> {
    reading ??= (async () => (await sample?.().catch(() => undefined)) ?? [])().finally(() => (reading = undefined));
    const current = reading;
    return (await within(current, sampleMs)) ? current : [];
  }
  const sampled: Gauge = new Gauge({
    ...declare(name, help, labels),
    async collect() {
      const rows = await read();
      sampled.reset();
      for (const row of rows) sampled.set(row.labels, row.value);
    },
  });
  return {
    collectWith(read: () => Promise<Row<L>[]>): void {
      sample = read;
    },
  };
}

/** All metrics of Dragoman; names and label values are a contract (dashboards and alerts use them). */
export const metrics = {
  runs: counter('runs_total', 'Runs that ended', { source: values.callerKinds, outcome: values.runOutcomes }),
  runDuration: histogram('run_duration_seconds', 'From acceptance to the end of a run', slow, {}),
  runWait: histogram('run_wait_seconds', 'From acceptance to the first claim by a worker', slow, {}),
  runFirstToken: histogram('run_first_token_seconds', 'From acceptance to the first text of the model', slow, {}),
  runIterations: histogram('run_iterations', 'Model turns of a run', [1, 2, 3, 4, 6, 8, 12, 16, 24], {}),
  modelRequests: counter('model_requests_total', 'Requests to the model gateway', {
    model: anyName,
    outcome: values.modelOutcomes,
  }),
  modelRequestDuration: histogram('model_request_duration_seconds', 'Duration of requests to the model gateway', slow, {
    model: anyName,
  }),
  modelTokens: counter('model_tokens_total', 'Tokens in and out', {
    model: anyName,
    direction: values.tokenDirections,
  }),
  modelCost: counter('model_cost_usd_total', 'Cost of the model in US dollars', { model: anyName }),
  toolCalls: counter('tool_calls_total', 'Tool calls', {
    domain: anyName,
    tool: anyName,
    outcome: values.toolOutcomes,
  }),
  toolCallDuration: histogram('tool_call_duration_seconds', 'Duration of tool calls', fast, {
    domain: anyName,
    tool: anyName,
  }),
  toolOverhead: histogram('tool_overhead_seconds', "Dragoman's own share of a tool call", fast, { domain: anyName }),
  callFileFailures: counter('call_file_failures_total', 'Failures of the file in which a tool-runner remembers calls', {
    step: values.callFileSteps,
  }),
  queueJobs: sampledGauge('queue_jobs', 'Jobs by queue and state', {
    queue: values.queueNames,
    state: values.jobStates,
  }),
  redisMemoryUsed: sampledGauge('redis_memory_used_bytes', 'Memory that Redis uses', {}),
  redisMemoryMax: sampledGauge('redis_memory_max_bytes', 'Memory that Redis may use; 0: no limit', {}),
  replicationWaits: counter('replication_waits_total', 'Waits for replicas to have what was written', {
    outcome: values.replicationOutcomes,
  }),
  approvals: counter('approvals_total', 'Approvals by outcome', { outcome: values.approvalOutcomes }),
  limitsHit: counter('limits_hit_total', 'Limits that ended or bent a run', { limit: values.runLimits }),
  replays: counter('replays_total', 'Replayed runs by outcome', { outcome: values.replayOutcomes }),
  breakerState: gauge('breaker_state', 'Circuit breakers: 0 closed, 1 half open, 2 open', { target: anyName }),
  discordEvents: counter('discord_events_total', 'Gateway events that matter to the bot', {
    event: values.discordEvents,
  }),
  discordDeliveries: counter('discord_deliveries_total', 'Messages and edits for Discord by what became of them', {
    outcome: values.deliveryOutcomes,
  }),
  httpRequests: counter('http_requests_total', 'Requests to the HTTP API that ended, by route and status class', {
    route: anyName,
    status: values.httpStatuses,
  }),
  httpRefusals: counter('http_refusals_total', 'Requests that the HTTP API refused, by why', {
    kind: values.httpRefusals,
  }),
  httpStreamsOpen: gauge('http_streams_open', 'Answers and journals that clients of the HTTP API wait for', {}),
  httpFirstText: histogram('http_first_text_seconds', 'From a request to the first text on its stream', slow, {}),
  auditSeals: counter('audit_seals_total', 'Seals of the audit log, and refusals to seal a changed one', {
    outcome: values.sealOutcomes,
  }),
  archived: counter('archived_total', 'Runs and rows of the audit log that moved from Redis to the archive', {
    what: values.archivedThings,
  }),
  runsUnarchived: counter(
    'runs_unarchived_total',
    'Runs that Redis had to let go for its memory while the archive could not take them',
    {},
  ),
  runsMended: counter('runs_mended_total', 'Runs that housekeeping brought on their way again, by what was wrong', {
    what: values.mendings,
  }),
  housekeepingFailures: counter('housekeeping_failures_total', 'Parts of housekeeping that could not be done', {
    task: values.housekeepingTasks,
  }),
  journalAppends: counter('journal_appends_total', 'Entries appended to run journals', {}),
};

/** Adds the process' own figures (CPU, memory, event loop lag); called once per service. */
export function collectProcessMetrics(): void {
  collectDefaultMetrics({ register: registry });
}

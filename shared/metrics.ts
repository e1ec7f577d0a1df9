import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** The one registry of this process. Labels are bounded: never a user, run or message id. */
export const registry = new Registry();

const fast = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const slow = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600];

function counter<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
  return new Counter({ name: `dragoman_${name}`, help, labelNames: [...labelNames], registers: [registry] });
}

function histogram<L extends string>(
  name: string,
  help: string,
  buckets: number[],
  labelNames: readonly L[] = [],
): Histogram<L> {
  return new Histogram({ name: `dragoman_${name}`, help, buckets, labelNames: [...labelNames], registers: [registry] });
}

function gauge<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
  return new Gauge({ name: `dragoman_${name}`, help, labelNames: [...labelNames], registers: [registry] });
}

type Row<L extends string> = { labels: Record<L, string>; value: number };

/** A gauge whose values are read at the moment of a scrape. */
function sampledGauge<L extends string>(name: string, help: string, labelNames: readonly L[]) {
  let sample: (() => Promise<Row<L>[]>) | undefined;
  const sampled: Gauge<L> = new Gauge({
    name: `dragoman_${name}`,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    async collect() {
      const rows = (await sample?.().catch(() => undefined)) ?? [];
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

/** All metrics of Dragoman; names are a contract (dashboards and alerts use them). */
export const metrics = {
  runs: counter('runs_total', 'Runs that ended', ['source', 'outcome']),
  runDuration: histogram('run_duration_seconds', 'From acceptance to the end of a run', slow),
  runWait: histogram('run_wait_seconds', 'From acceptance to the first claim by a worker', slow),
  runFirstToken: histogram('run_first_token_seconds', 'From acceptance to the first text of the model', slow),
  runIterations: histogram('run_iterations', 'Model turns of a run', [1, 2, 3, 4, 6, 8, 12, 16, 24]),
  modelRequests: counter('model_requests_total', 'Requests to the model gateway', ['model', 'outcome']),
  modelRequestDuration: histogram('model_request_duration_seconds', 'Duration of requests to the model gateway', slow, [
    'model',
  ]),
  modelTokens: counter('model_tokens_total', 'Tokens in and out', ['model', 'direction']),
  modelCost: counter('model_cost_usd_total', 'Cost of the model in US dollars', ['model']),
  toolCalls: counter('tool_calls_total', 'Tool calls', ['domain', 'tool', 'outcome']),
  toolCallDuration: histogram('tool_call_duration_seconds', 'Duration of tool calls', fast, ['domain', 'tool']),
  toolOverhead: histogram('tool_overhead_seconds', "Dragoman's own share of a tool call", fast, ['domain']),
  queueJobs: sampledGauge('queue_jobs', 'Jobs by queue and state', ['queue', 'state']),
  redisMemoryUsed: sampledGauge('redis_memory_used_bytes', 'Memory that Redis uses', []),
  redisMemoryMax: sampledGauge('redis_memory_max_bytes', 'Memory that Redis may use; 0: no limit', []),
  approvals: counter('approvals_total', 'Approvals by outcome', ['outcome']),
  limitsHit: counter('limits_hit_total', 'Limits that ended or refused something', ['limit']),
  replays: counter('replays_total', 'Replayed runs by outcome', ['outcome']),
  breakerState: gauge('breaker_state', 'Circuit breakers: 0 closed, 1 half open, 2 open', ['target']),
  discordEvents: counter('discord_events_total', 'Gateway events that matter to the bot', ['event']),
  discordDeliveries: counter('discord_deliveries_total', 'Messages and edits sent to Discord', ['outcome']),
  auditSeals: counter('audit_seals_total', 'Seals of the audit log, and refusals to seal a changed one', ['outcome']),
  runsMended: counter('runs_mended_total', 'Runs that housekeeping brought on their way again, by what was wrong', [
    'what',
  ]),
  housekeepingFailures: counter('housekeeping_failures_total', 'Parts of housekeeping that could not be done', [
    'task',
  ]),
  journalAppends: counter('journal_appends_total', 'Entries appended to run journals'),
};

/** Adds the process' own figures (CPU, memory, event loop lag); called once per service. */
export function collectProcessMetrics(): void {
  collectDefaultMetrics({ register: registry });
}

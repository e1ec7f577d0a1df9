import { checkAudit } from '#shared/audit/check.ts';
import { readAudit, type StoredAuditRow } from '#shared/audit/log.ts';
import { connectRedis } from '#shared/redis.ts';
import { discordRunId } from '#shared/run.ts';
import type { Case } from './ledger.ts';

/**
 * Compares the audit log with what the played tools have witnessed: each call has one intent and, when its run has ended,
 * one outcome; no execution is without an intent; the chain is whole. Returns what is wrong, as sentences.
 */
export async function auditProblems(redisUrl: string, signingKey: string, cases: Iterable<Case>): Promise<string[]> {
  const redis = connectRedis(redisUrl, 'audit');
  try {
    const { problems } = await checkAudit(redis, signingKey);
    const runs = new Map<string, AuditedCalls>();
    for await (const row of readAudit(redis)) take(runs, row);
    return [...problems, ...[...cases].flatMap((each) => wrongIn(each, runs.get(discordRunId(each.question))))];
  } finally {
    redis.disconnect();
  }
}

interface AuditedCalls {
  /** `step.call` of each row. */
  intents: string[];
  outcomes: string[];
  /** Tool and step of each intent. */
  tools: string[];
}

function take(runs: Map<string, AuditedCalls>, { run, kind, data }: StoredAuditRow): void {
  if (kind !== 'intent' && kind !== 'outcome') return;
  const calls = runs.get(run) ?? { intents: [], outcomes: [], tools: [] };
  runs.set(run, calls);
  const { step, call, tool } = JSON.parse(data) as { step: number; call: number; tool: string };
  calls[kind === 'intent' ? 'intents' : 'outcomes'].push(`${step}.${call}`);
  if (kind === 'intent') calls.tools.push(`${tool.replace(/^played__/, '')} in step ${step}`);
}

function wrongIn({ plan, executions, endedAt }: Case, audited: AuditedCalls | undefined): string[] {
  const { intents = [], outcomes = [], tools = [] } = audited ?? {};
  const wrong: string[] = [];
  if (new Set(intents).size < intents.length) wrong.push('has an intent twice');
  if (new Set(outcomes).size < outcomes.length) wrong.push('has an outcome twice');
  if (outcomes.some((place) => !intents.includes(place))) wrong.push('has an outcome without an intent');
  if (endedAt !== undefined && outcomes.length < intents.length) wrong.push('has an intent without an outcome');
  const done = new Map(
    executions.map(({ tool, step, call }) => [`${tool} ${step} ${call}`, `${tool} in step ${step}`]),
  );
  for (const execution of done.values()) {
    const at = tools.indexOf(execution);
    if (at === -1) wrong.push(`lacks the intent of ${execution}`);
    else tools.splice(at, 1);
  }
  return wrong.map((what) => `the audit of case ${plan.case} ${what}`);
}

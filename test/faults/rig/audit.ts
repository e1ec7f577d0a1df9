import { checkAudit } from '#shared/audit/check.ts';
import { readAudit, type StoredAuditRow } from '#shared/audit/log.ts';
import { connectRedis } from '#shared/redis/connect.ts';
import { discordRunId } from '#shared/run/request.ts';
import type { Case } from './ledger.ts';

/**
 * Compares the audit log with what the played tools have witnessed. Each call has one intent and, when its run has
 * ended, one outcome. No execution is without an intent. The chain is whole. A case's replays are judged like its first
 * run. Returns what is wrong, as sentences.
 */
export async function auditProblems(redisUrl: string, signingKey: string, cases: Iterable<Case>): Promise<string[]> {
  const redis = connectRedis(redisUrl, 'audit');
  try {
    const { problems } = await checkAudit(redis, signingKey);
    const runs = new Map<string, AuditedCalls>();
    for await (const row of readAudit(redis)) take(runs, row);
    return [...problems, ...[...cases].flatMap((each) => wrongIn(each, runsOf(runs, each)))];
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

/** The audited calls of a case: those of its run, and of each replay of it. */
function runsOf(runs: Map<string, AuditedCalls>, { question }: Case): AuditedCalls[] {
  const first = discordRunId(question);
  return [...runs].flatMap(([run, calls]) => (run === first || run.startsWith(`${first}-r`) ? [calls] : []));
}

function wrongIn(each: Case, audited: AuditedCalls[]): string[] {
  const ended = each.endedAt !== undefined;
  const wrong = [...audited.flatMap((calls) => unpaired(calls, ended)), ...unannounced(each, audited)];
  return wrong.map((what) => `the audit of case ${each.plan.case} ${what}`);
}

/** Within one run each call has one intent and one outcome. */
function unpaired({ intents, outcomes }: AuditedCalls, ended: boolean): string[] {
  const wrong: string[] = [];
  if (new Set(intents).size < intents.length) wrong.push('has an intent twice');
  if (new Set(outcomes).size < outcomes.length) wrong.push('has an outcome twice');
  if (outcomes.some((place) => !intents.includes(place))) wrong.push('has an outcome without an intent');
  if (ended && outcomes.length < intents.length) wrong.push('has an intent without an outcome');
  return wrong;
}

/** Every execution must be among the intents. */
function unannounced({ executions }: Case, audited: AuditedCalls[]): string[] {
  const tools = audited.flatMap((calls) => calls.tools);
  const done = new Map(
    executions.map(({ tool, step, call }) => [`${tool} ${step} ${call}`, `${tool} in step ${step}`]),
  );
  return [...done.values()].flatMap((execution) => {
    const at = tools.indexOf(execution);
    if (at === -1) return [`lacks the intent of ${execution}`];
    tools.splice(at, 1);
    return [];
  });
}

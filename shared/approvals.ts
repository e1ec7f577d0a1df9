import type { Redis } from 'ioredis';
import { auditLua } from './audit/rows.ts';
import { errorText } from './errors.ts';
import { entryArguments, readJournal } from './journal.ts';
import type { EntryOf } from './journal-entries.ts';
import { keys } from './keys.ts';
import { createLogger } from './log.ts';
import { metrics } from './metrics.ts';
import type { Queues } from './queues.ts';
import { defineScript } from './redis-script.ts';
import { resumeLua } from './resume-lua.ts';
import type { Caller } from './run.ts';
import { enqueueResumed, readRun } from './runs.ts';

const log = createLogger('approvals');

export type Decision = EntryOf<'approval.decided'>['decision'];

/** `wrong-decision`: the question has other answers (`happened` only fits a call whose outcome is unknown). */
export type DecisionResult = 'decided' | 'already-decided' | 'unknown' | 'ended' | 'wrong-decision';

export interface PendingApproval {
  runId: string;
  caller: Caller;
  conversation: string;
  /** The question that the run answers. */
  text: string;
  request: EntryOf<'approval.requested'>;
}

/** Registers an approval before its entry is journaled, so that listings and expiry find it. */
export async function registerApproval(
  redis: Redis,
  runId: string,
  approval: string,
  expiresAt: number,
): Promise<void> {
  await redis.zadd(keys.approvals, expiresAt, member(runId, approval));
}

/**
 * Stores a decision, forgets the open question and lets the run go on: all or nothing, so that no crash leaves a decided
 * run waiting. It goes on also when the question was decided before: the first decision may have come before the run was
 * suspended.
 */
const decideScript = defineScript(
  6,
  `
  ${auditLua}
  ${resumeLua}
  local record, journal, once, log, approvals, unqueued = unpack(KEYS)
  local run, open, key, entry, row = unpack(ARGV)
  local status = redis.call('HGET', record, 'status')
  if not status then return {'unknown', 0} end
  redis.call('ZREM', approvals, open)
  if status == 'ended' then return {'ended', 0} end
  local result = 'already-decided'
  if redis.call('HEXISTS', once, key) == 0 then
    redis.call('HSET', once, key, redis.call('XADD', journal, '*', 'e', entry))
    if row ~= '' then audited(log, record, once, run, key, row) end
    result = 'decided'
  end
  return {result, resume(record, unqueued, run)}
`,
);

/**
 * Records a human's decision, once, and lets the run go on. `by` is a name for people. The caller has checked that
 * this person may decide. `allow` and `deny` answer the kinds `policy` and `guided`; `happened`, `did-not-happen` and
 * `deny` (leave it) the kind `unknown-outcome`.
 */
export async function decideApproval(
  redis: Redis,
  queues: Queues,
  runId: string,
  approval: string,
  decision: Decision,
  by: string,
  reason?: string,
): Promise<DecisionResult> {
  const record = await readRun(redis, runId);
  if (!record) return 'unknown';
  if (record.status === 'ended') return 'ended';
  const request = (await approvalsOf(redis, runId)).get(approval)?.requested;
  if (!request) return 'unknown';
  if (!fits(request.kind, decision)) return 'wrong-decision';
  const entry = {
    type: 'approval.decided' as const,
    approval,
    decision,
    by,
    ...(reason === undefined ? {} : { reason }),
  };
  const [result, epoch] = await decideScript<[DecisionResult, number]>(
    redis,
    [keys.run(runId), keys.journal(runId), keys.once(runId), keys.audit, keys.approvals, keys.unqueued],
    [runId, member(runId, approval), ...entryArguments([entry])],
  );
  if (result === 'decided') {
    metrics.approvals.inc({ outcome: decision });
    metrics.journalAppends.inc({});
  }
  await enqueueResumed(redis, queues, runId, epoch);
  return result;
}

function fits(kind: EntryOf<'approval.requested'>['kind'], decision: Decision): boolean {
  if (decision === 'expired' || decision === 'deny') return true;
  return kind === 'unknown-outcome' ? decision !== 'allow' : decision === 'allow';
}

/** What waits for a human, the soonest to expire first. */
export async function listPendingApprovals(redis: Redis, limit = 200): Promise<PendingApproval[]> {
  const members = await redis.zrange(keys.approvals, '0', String(limit - 1));
  const found: PendingApproval[] = [];
  for (const each of members) {
    const [runId = '', approval = ''] = each.split(' ');
    const record = await readRun(redis, runId);
    const state = record && record.status !== 'ended' ? (await approvalsOf(redis, runId)).get(approval) : undefined;
    if (!record || !state?.requested || state.decided) continue;
    const { caller, conversation, text } = record.request;
    found.push({ runId, caller, conversation, text, request: state.requested });
  }
  return found;
}

/** Decides `expired` for approvals whose time is over, and forgets those of ended runs. Returns how many it looked at. */
export async function expireApprovals(redis: Redis, queues: Queues, now = Date.now()): Promise<number> {
  const due = await redis.zrangebyscore(keys.approvals, 0, now, 'LIMIT', 0, 200);
  for (const each of due) {
    const [runId = '', approval = ''] = each.split(' ');
    try {
      await decideApproval(redis, queues, runId, approval, 'expired', 'nobody (the time was over)');
      // Also a question of a run that has ended, or that died before it was asked.
      await redis.zrem(keys.approvals, each);
    } catch (error) {
      log.error({ run: runId, approval, error: errorText(error) }, 'a question could not be let expire; trying again');
    }
  }
  return due.length;
}

interface ApprovalState {
  requested?: EntryOf<'approval.requested'>;
  decided?: EntryOf<'approval.decided'>;
}

async function approvalsOf(redis: Redis, runId: string): Promise<Map<string, ApprovalState>> {
  const states = new Map<string, ApprovalState>();
  for (const { entry } of await readJournal(redis, runId)) {
    if (entry.type !== 'approval.requested' && entry.type !== 'approval.decided') continue;
    const state = states.get(entry.approval) ?? {};
    states.set(entry.approval, state);
    if (entry.type === 'approval.requested') state.requested = entry;
    else state.decided = entry;
  }
  return states;
}

function member(runId: string, approval: string): string {
  return `${runId} ${approval}`;
}

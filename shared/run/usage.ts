import type { Redis } from 'ioredis';
import { keys } from '#shared/redis/keys.ts';
import { callerKey, type Caller, type Usage } from './request.ts';

/** As long as what callers used in a month can be asked for. */
export const keepUsageMs = 400 * 86_400_000;

/** The month of a time in milliseconds since the epoch, in UTC: `2026-11`. */
export function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}

/** How a month is written. */
export const monthPattern = /^\d{4}-(?:0[1-9]|1[0-2])$/;

/** What one run adds to its caller's month, by unit. */
export function usedBy({ inputTokens, outputTokens, costUsd }: Usage): Record<string, number> {
  return { runs: 1, input: inputTokens, output: outputTokens, usd: costUsd };
}

/** What a row is called that sums what callers of a role used; no kind of caller has this name. */
const ofRole = 'role:';

/** The rows in which a caller's use counts: its own, and that of each of its roles. */
export function usageRows(caller: Caller, roles = caller.roles ?? []): string[] {
  return [callerKey(caller), ...new Set(roles.map((role) => `${ofRole}${role}`))];
}

/** Adds an answer of the model gateway that was passed on without a run to rows (`usageRows`) of this month. */
export async function addPassedOn(redis: Redis, rows: string[], usage: Omit<Usage, 'estimated'>): Promise<void> {
  const month = keys.usage(monthOf(Date.now()));
  const { runs: _, ...tokens } = usedBy({ ...usage, estimated: false });
  const adding = redis.pipeline();
  for (const [unit, amount] of Object.entries({ passed: 1, ...tokens })) {
    for (const row of rows) adding.hincrbyfloat(month, `${row} ${unit}`, amount);
  }
  // In the order of the commands; the first error of one counts.
  for (const [error] of (await adding.pexpire(month, keepUsageMs).exec()) ?? []) if (error) throw error;
}

/** What one caller used in a month. `caller`: see `callerKey`. */
export interface UsageRow {
  caller: string;
  runs: number;
  /** Requests that were passed on to the model gateway without a run: embeddings, models without tools. */
  passedOn: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
}

/** What callers used in a month (`2026-11`) in runs that have ended and in what was passed on, the costliest first; only `caller` when given. */
export async function readUsage(redis: Redis, month: string, caller?: string): Promise<UsageRow[]> {
  const stored = await redis.hgetall(keys.usage(month));
  return readRows(stored, (who) => !who.startsWith(ofRole) && (caller === undefined || who === caller));
}

/** What callers of one role used in a month. Whoever has several roles counts in each of them. */
export type RoleUsageRow = Omit<UsageRow, 'caller'> & { role: string };

/** What callers of each role used in a month, the costliest first. Their roles were those of the end of each run. */
export async function readRoleUsage(redis: Redis, month: string): Promise<RoleUsageRow[]> {
  const rows = readRows(await redis.hgetall(keys.usage(month)), (who) => who.startsWith(ofRole));
  return rows.map(({ caller, ...used }) => ({ role: caller.slice(ofRole.length), ...used }));
}

/** The same as `readUsage` for what people used in runs of a Discord server. */
export async function readServerUsage(redis: Redis, guild: string, month: string): Promise<UsageRow[]> {
  return readRows(await redis.hgetall(keys.serverUsage(`${guild}:${month}`)), () => true);
}

function readRows(stored: Record<string, string>, isMeant: (who: string) => boolean): UsageRow[] {
  const rows = new Map<string, UsageRow>();
  for (const [field, amount] of Object.entries(stored)) {
    const at = field.lastIndexOf(' ');
    const who = field.slice(0, at);
    if (!isMeant(who)) continue;
    const row = rows.get(who) ?? { caller: who, runs: 0, passedOn: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 };
    rows.set(who, row);
    const unit = field.slice(at + 1);
    if (unit === 'runs') row.runs = Number(amount);
    else if (unit === 'passed') row.passedOn = Number(amount);
    else if (unit === 'input') row.inputTokens = Number(amount);
    else if (unit === 'output') row.outputTokens = Number(amount);
    else if (unit === 'usd') row.costUsd = Number(amount);
  }
  return [...rows.values()].toSorted((a, b) => b.costUsd - a.costUsd || b.runs - a.runs);
}

/** As long as what a run costs is kept without a word of it: no run takes longer. */
const keepSpendingMs = 8 * 86_400_000;

/**
 * US dollars that a caller's ended runs, and what was passed on for it, have cost this month, and their runs that have
 * not ended so far; this one has cost `costUsd`, which is noted for the others.
 */
export async function spentWith(redis: Redis, caller: string, run: { id: string; costUsd: number }): Promise<number> {
  const spending = keys.spending(caller);
  // In one step, so that a run that ends meanwhile counts once.
  const [, , other, ended] = (await redis
    .multi()
    .hset(spending, run.id, run.costUsd)
    .pexpire(spending, keepSpendingMs)
    .hvals(spending)
    .hget(keys.usage(monthOf(Date.now())), `${caller} usd`)
    .exec()) as [Error | null, unknown][];
  for (const [error] of [other!, ended!]) if (error) throw error;
  const open = (other![1] as string[]).reduce((sum, usd) => sum + Number(usd), 0);
  return open + Number((ended![1] as string | null) ?? 0);
}

/** Whether this run is the one, or the first, with which a caller is told how they stand with a budget of this month. */
export async function claimWarning(redis: Redis, caller: string, { limitUsd, run }: { limitUsd: number; run: string }) {
  const month = keys.usage(monthOf(Date.now()));
  const field = `${caller} warned:${limitUsd}`;
  await redis.hsetnx(month, field, run);
  return (await redis.hget(month, field)) === run;
}

/** US dollars that a caller's ended runs, and what was passed on for it, have cost this month. */
export async function spentThisMonth(redis: Redis, caller: string): Promise<number> {
  return Number((await redis.hget(keys.usage(monthOf(Date.now())), spentField(caller))) ?? 0);
}

/** The field of a month's usage that holds it. */
export function spentField(caller: string): string {
  return `${caller} usd`;
}

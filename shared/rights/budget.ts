import type { Redis } from 'ioredis';
import { callerKey, type Caller } from '#shared/run/request.ts';
import { claimWarning, spentThisMonth } from '#shared/run/usage.ts';
import type { PolicySource } from './policy.ts';

/** A caller, and what their API key says besides the policy. */
export type Payer = Caller & { budgetUsd?: number };

/** What somebody may cost in a calendar month (UTC), and has cost so far; US dollars. */
export interface Budget {
  limitUsd: number;
  spentUsd: number;
  /** When the next month begins, in milliseconds since the epoch. */
  until: number;
}

/** What a caller may cost in a month: the smaller of what their key and their roles say. Undefined without a limit. */
export function budgetOf(policy: PolicySource, { budgetUsd: ofKey, ...caller }: Payer): number | undefined {
  const limits = [ofKey, policy.current().budgetUsd(caller)].filter((usd) => usd !== undefined);
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** How a caller stands with their budget; undefined for those who have none. Every door asks this. */
export async function readBudget(
  { redis, policy }: { redis: Redis; policy: PolicySource },
  payer: Payer,
): Promise<Budget | undefined> {
  const limitUsd = budgetOf(policy, payer);
  return limitUsd === undefined ? undefined : budgetNow(limitUsd, await spentThisMonth(redis, callerKey(payer)));
}

function budgetNow(limitUsd: number, spentUsd: number): Budget {
  const now = new Date();
  return { limitUsd, spentUsd, until: Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1) };
}

export function isUsedUp({ limitUsd, spentUsd }: Budget): boolean {
  return spentUsd >= limitUsd;
}

/** The share of a budget from which people are told how they stand. */
const nearShare = 0.8;

export function isNearlyUsedUp({ limitUsd, spentUsd }: Budget): boolean {
  return spentUsd >= limitUsd * nearShare;
}

/**
 * The budget of a caller who has to be told, with this run, that it is nearly used up: once a month for each limit.
 * `spentUsd`: what is known that they have spent this month.
 */
export async function budgetToWarnOf(
  { redis, policy }: { redis: Redis; policy: PolicySource },
  payer: Payer,
  { run, spentUsd }: { run: string; spentUsd: number },
): Promise<Budget | undefined> {
  const budget = budgetWith(policy, payer, spentUsd);
  if (!budget || !isNearlyUsedUp(budget)) return undefined;
  const isFirst = await claimWarning(redis, callerKey(payer), { limitUsd: budget.limitUsd, run });
  return isFirst ? budget : undefined;
}

/** The budget of a caller who has used it up, so that they may begin no run now. */
export async function usedUpBudget(
  parts: { redis: Redis; policy: PolicySource },
  payer: Payer,
): Promise<Budget | undefined> {
  const budget = await readBudget(parts, payer);
  return budget && isUsedUp(budget) ? budget : undefined;
}

/** The same for a caller of whom is known what they have spent this month. */
export function usedUpBudgetOf(policy: PolicySource, payer: Payer, spentUsd: number): Budget | undefined {
  const budget = budgetWith(policy, payer, spentUsd);
  return budget && isUsedUp(budget) ? budget : undefined;
}

function budgetWith(policy: PolicySource, payer: Payer, spentUsd: number): Budget | undefined {
  const limitUsd = budgetOf(policy, payer);
  return limitUsd === undefined ? undefined : budgetNow(limitUsd, spentUsd);
}

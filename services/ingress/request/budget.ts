import type { Redis } from 'ioredis';
import { budgetToWarnOf, readBudget, usedUpBudget, usedUpBudgetOf, type Budget } from '#shared/rights/budget.ts';
import type { PolicySource } from '#shared/rights/policy.ts';
import type { Caller, RunRequest } from '#shared/run/request.ts';
import { dayIn, percentIn, usdIn } from '../language/amounts.ts';
import type { Say, Words } from '../language/say.ts';

/** Why a person may ask nothing now; undefined while their budget has something left. `by`: who wants it asked. */
export async function whyUnpaid(
  parts: { redis: Redis; policy: PolicySource },
  caller: Caller,
  by: string = caller.id,
): Promise<Words | undefined> {
  return wordsOf(await usedUpBudget(parts, caller), caller, by);
}

/** The same for a person of whom is known what they have spent this month. */
export function whyUnpaidWith(
  { policy }: { policy: PolicySource },
  caller: Caller,
  { spentUsd }: { spentUsd: number },
): Words | undefined {
  return wordsOf(usedUpBudgetOf(policy, caller, spentUsd), caller, caller.id);
}

function wordsOf(budget: Budget | undefined, caller: Caller, by: string): Words | undefined {
  if (!budget) return undefined;
  return (say) => {
    const values = budgetValues(say, budget);
    return by === caller.id ? say('budget.own', values) : say('budget.of', { ...values, person: `<@${caller.id}>` });
  };
}

/** What somebody is told with this run, once a month, when their budget is nearly used up; `spentUsd`: before it. */
export async function budgetWarning(
  parts: { redis: Redis; policy: PolicySource },
  caller: Caller,
  known: { run: string; spentUsd: number },
): Promise<Words[]> {
  const budget = await budgetToWarnOf(parts, caller, known);
  if (!budget) return [];
  // Below an answer nothing is drawn that Discord would draw, so the day stands there as a word.
  return [(say) => say('budget.near', { ...budgetValues(say, budget), day: dayIn(say, budget.until) })];
}

/**
 * The same beneath an answer that stands, whichever door it was asked at: it counts what the answer has cost. Nothing
 * where it was told before, with this run's question or with another run.
 */
export async function budgetWarningAfter(
  parts: { redis: Redis; policy: PolicySource },
  { id, caller }: Pick<RunRequest, 'id' | 'caller'>,
): Promise<Words[]> {
  const budget = await readBudget(parts, caller);
  return budget ? budgetWarning(parts, caller, { run: `${id}:end`, spentUsd: budget.spentUsd }) : [];
}

/** A budget as the language writes it; its end as Discord shows times. */
export function budgetValues(say: Say, { limitUsd, spentUsd, until }: Budget) {
  // Rounded down: nothing is used up before it is.
  const percent = percentIn(say, Math.floor((spentUsd / limitUsd) * 100) / 100);
  return {
    percent,
    spent: usdIn(say, spentUsd),
    limit: usdIn(say, limitUsd),
    until: `<t:${Math.floor(until / 1_000)}:R>`,
  };
}

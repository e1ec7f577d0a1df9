import { isNearlyUsedUp, readBudget } from '#shared/rights/budget.ts';
import { callerKey, callerSchema } from '#shared/run/request.ts';
import { monthOf, readServerUsage, readUsage, type UsageRow } from '#shared/run/usage.ts';
import { budgetValues } from '../request/budget.ts';
import { callerOf } from '../request/build.ts';
import { usdIn } from '../language/amounts.ts';
import type { Say } from '../language/say.ts';
import type { Command } from './command.ts';

/** People of a server that are listed. */
const listed = 10;

/** Tells a person what they used this month, and those who manage a server what was used in it. */
export const usage: Command = {
  definition: {
    name: 'usage',
    type: 1,
    description: 'What you used this month; the server’s usage for those who manage it',
  },
  async use(interaction, ingress) {
    const caller = callerSchema.parse(callerOf(interaction));
    const month = monthOf(Date.now());
    const [own] = await readUsage(ingress.redis, month, callerKey(caller));
    const { say } = interaction;
    const lines = [
      say('usage.you', { month: monthName(say, month) }),
      `- ${own ? usageText(say, own) : say('usage.nothing')}`,
    ];
    const budget = await readBudget(ingress, caller);
    const mark = budget && isNearlyUsedUp(budget) ? '⚠️ ' : '';
    if (budget) lines.push(`- ${mark}${say('usage.budget', budgetValues(say, budget))}`);
    const { guild, admin } = interaction;
    if (guild !== undefined && admin)
      lines.push('', ...serverLines(say, await readServerUsage(ingress.redis, guild, month)));
    return { say: lines.join('\n') };
  },
};

function serverLines(say: Say, rows: readonly UsageRow[]): string[] {
  if (rows.length === 0) return [say('usage.server'), `- ${say('usage.nothing')}`];
  const total = rows.reduce((sum, row) => ({
    ...sum,
    runs: sum.runs + row.runs,
    inputTokens: sum.inputTokens + row.inputTokens,
    outputTokens: sum.outputTokens + row.outputTokens,
    costUsd: sum.costUsd + row.costUsd,
  }));
  const people = rows.slice(0, listed).map((row) => `- ${personOf(row)}: ${usageText(say, row)}`);
  const more = rows.length > listed ? [`-# ${say('usage.more-people', { count: rows.length - listed })}`] : [];
  return [`${say('usage.server')}: ${usageText(say, total)}`, ...people, ...more];
}

/** Discord shows the name; a mention in an answer of ours pings nobody. */
function personOf({ caller }: UsageRow): string {
  return `<@${caller.slice(caller.indexOf(':') + 1)}>`;
}

function usageText(say: Say, { runs, inputTokens, outputTokens, costUsd }: UsageRow): string {
  return say('usage.line', { count: runs, input: inputTokens, output: outputTokens, cost: usdIn(say, costUsd) });
}

/** `2026-11` as people write it. */
function monthName({ language }: Say, month: string): string {
  const format = new Intl.DateTimeFormat(language, { year: 'numeric', month: 'long', timeZone: 'UTC' });
  return format.format(new Date(`${month}-01T00:00:00Z`));
}

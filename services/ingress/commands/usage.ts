import { callerKey, callerSchema } from '#shared/run/request.ts';
import { monthOf, readServerUsage, readUsage, type UsageRow } from '#shared/run/usage.ts';
import { callerOf } from '../request/build.ts';
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
    const lines = [`**You, in ${month}** (UTC)`, `- ${own ? usageText(own) : 'nothing yet'}`];
    const { guild, admin } = interaction;
    if (guild !== undefined && admin)
      lines.push('', ...serverLines(await readServerUsage(ingress.redis, guild, month)));
    return { say: lines.join('\n') };
  },
};

function serverLines(rows: readonly UsageRow[]): string[] {
  if (rows.length === 0) return ['**This server**', '- nothing yet'];
  const total = rows.reduce((sum, row) => ({
    ...sum,
    runs: sum.runs + row.runs,
    inputTokens: sum.inputTokens + row.inputTokens,
    outputTokens: sum.outputTokens + row.outputTokens,
    costUsd: sum.costUsd + row.costUsd,
  }));
  const people = rows.slice(0, listed).map((row) => `- ${personOf(row)}: ${usageText(row)}`);
  const more = rows.length > listed ? [`-# and ${rows.length - listed} more people`] : [];
  return [`**This server**: ${usageText(total)}`, ...people, ...more];
}

/** Discord shows the name; a mention in an answer of ours pings nobody. */
function personOf({ caller }: UsageRow): string {
  return `<@${caller.slice(caller.indexOf(':') + 1)}>`;
}

function usageText({ runs, inputTokens, outputTokens, costUsd }: UsageRow): string {
  const questions = `${runs.toLocaleString('en')} ${runs === 1 ? 'question' : 'questions'}`;
  return `${questions}, ${inputTokens.toLocaleString('en')} → ${outputTokens.toLocaleString('en')} tokens, ${usd(costUsd)}`;
}

/** US dollars; small amounts keep two digits that say something. */
export function usd(amount: number): string {
  return `$${amount === 0 ? '0' : amount.toFixed(amount < 0.01 ? 4 : 2)}`;
}

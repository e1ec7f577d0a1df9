import type { Redis } from 'ioredis';
import { redisNow } from '#shared/redis/connect.ts';
import { listPendingApprovals, type PendingApproval } from '#shared/run/decide.ts';
import type { RunStore } from '#shared/run/run-store.ts';
import { speak } from '../language/say.ts';
import { whyNotDecide, type Decider, type DecisionContext } from './decision-rights.ts';
import { withServersApprovers } from './settings.ts';

/** An open question to a human that this person may decide. */
export interface Decidable extends PendingApproval {
  guild: string | undefined;
  channel: string;
}

/** The open questions of this server (in direct messages: of all) that the person may decide now, the most urgent first. */
export async function decidableBy(
  decider: Decider,
  ingress: DecisionContext & { redis: Redis; runs: RunStore },
): Promise<Decidable[]> {
  const now = await redisNow(ingress.redis);
  const approvers = await withServersApprovers(ingress, decider.guild);
  const found: Decidable[] = [];
  for (const pending of await listPendingApprovals(ingress.redis)) {
    const place = (await ingress.runs.read(pending.runId))?.request.discord;
    if (!place || (decider.guild !== undefined && place.guild !== decider.guild)) continue;
    const question = { requested: pending.request, caller: pending.caller, place, now };
    if (whyNotDecide(speak('en'), decider, question, approvers) !== undefined) continue;
    found.push({ ...pending, guild: place.guild, channel: place.channel });
  }
  return found;
}

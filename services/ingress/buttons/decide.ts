import type { Decision } from '#shared/run/decide.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import { redisNow } from '#shared/redis/connect.ts';
import type { RunRecord } from '#shared/run/record.ts';
import { callerSchema } from '#shared/run/request.ts';
import type { IncomingInteraction } from '../interactions/interaction.ts';
import { callerOf } from '../request/build.ts';
import { plainName } from '../request/names.ts';
import { withServersApprovers } from '../request/settings.ts';
import { isAsker, runOfPress, type Button, type ButtonContext, type Press } from './button.ts';

const decisions: ReadonlySet<string> = new Set(['allow', 'deny', 'happened', 'did-not-happen'] satisfies Decision[]);

/**
 * Decides an approval, once. The rights are checked at the click: the person who asked, moderators and the configured
 * approvers may decide, each only if the policy now grants them the tool. A card that is not this run's decides
 * nothing.
 */
export const decide: Button = async (press, ingress) => {
  const [approval = '', decision = ''] = press.rest;
  const record = await runOfPress(press, ingress, `approval:${approval}`);
  if (!record || !decisions.has(decision)) return { say: 'This card does not belong to an open question.' };
  if (record.status === 'ended') return 'quiet';
  const requested = await ingress.runs.question(record.id, approval);
  if (!requested) return { say: 'This card does not belong to an open question.' };
  const now = await redisNow(ingress.redis);
  const asked = await withServersApprovers(ingress, press.interaction.guild);
  const refusal = refuse(press, record, requested, now, asked);
  if (refusal !== undefined) return { say: refusal };
  const by = plainName(press.interaction.author.name);
  await ingress.runs.decide(record.id, approval, { decision: decision as Decision, by });
  // The card itself shows who decided, also to the person who came second.
  return 'quiet';
};

/** Why this person may not decide; undefined when they may. */
function refuse(
  press: Press,
  record: RunRecord,
  requested: EntryOf<'approval.requested'>,
  now: number,
  ingress: ButtonContext,
): string | undefined {
  const { interaction } = press;
  if (now > requested.expiresAt) return 'The time for this decision is over; nothing was done.';
  const approver = isApprover(interaction, ingress);
  if (interaction.guild === undefined && !approver) {
    return 'In direct messages I cannot see which roles you have, so nobody decides here. Please ask in a channel of the server.';
  }
  if (!approver && !interaction.moderator && !isAsker(press, record)) {
    return `Only <@${record.request.caller.id}>, a moderator of this channel or an approver can decide this.`;
  }
  if (requested.kind === 'unknown-outcome') return undefined;
  const clicker = callerSchema.parse(callerOf(interaction));
  if (ingress.policy.current().permission(clicker, requested.tool) !== 'deny') return undefined;
  return 'Your roles do not let you use this tool, so you cannot allow or deny it either.';
}

function isApprover(interaction: IncomingInteraction, ingress: ButtonContext): boolean {
  const who = [interaction.author.id, ...interaction.roles.map(({ id }) => id)];
  return who.some((id) => ingress.config.DISCORD_APPROVERS.includes(id));
}

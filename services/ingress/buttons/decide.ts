import type { Decision } from '#shared/run/decide.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import { redisNow } from '#shared/redis/connect.ts';
import type { RunRecord } from '#shared/run/record.ts';
import { callerSchema } from '#shared/run/request.ts';
import type { IncomingInteraction } from '../interactions/interaction.ts';
import type { InteractionParts } from '../interactions/parts.ts';
import { callerOf } from '../request/build.ts';
import { plainName } from '../request/names.ts';
import { isAsker, runOfPress, type Button, type Press } from './button.ts';

const decisions: ReadonlySet<string> = new Set(['allow', 'deny', 'happened', 'did-not-happen'] satisfies Decision[]);

/**
 * Decides an approval, once. Who may is looked up at the click: the person who asked, moderators and the configured
 * approvers, each only if the policy grants them the tool at this moment. A card that is not this run's decides nothing.
 */
export const decide: Button = async (press, parts) => {
  const [approval = '', decision = ''] = press.rest;
  const record = await runOfPress(press, parts, `approval:${approval}`);
  if (!record || !decisions.has(decision)) return { say: 'This card does not belong to an open question.' };
  if (record.status === 'ended') return 'quiet';
  const requested = await parts.runs.question(record.id, approval);
  if (!requested) return { say: 'This card does not belong to an open question.' };
  const now = await redisNow(parts.redis);
  const refusal = refuse(press, record, requested, now, parts);
  if (refusal !== undefined) return { say: refusal };
  const by = plainName(press.interaction.author.name);
  await parts.runs.decide(record.id, approval, { decision: decision as Decision, by });
  // The card itself shows who decided, also to who came second.
  return 'quiet';
};

/** Why this person may not decide; undefined when they may. */
function refuse(
  press: Press,
  record: RunRecord,
  requested: EntryOf<'approval.requested'>,
  now: number,
  parts: InteractionParts,
): string | undefined {
  const { interaction } = press;
  if (now > requested.expiresAt) return 'The time for this decision is over; nothing was done.';
  const approver = isApprover(interaction, parts);
  if (interaction.place === 'dm' && !approver) {
    return 'In direct messages I cannot see which roles you have, so nobody decides here. Please ask in a channel of the server.';
  }
  if (!approver && !interaction.moderator && !isAsker(press, record)) {
    return `Only <@${record.request.caller.id}>, a moderator of this channel or an approver can decide this.`;
  }
  if (requested.kind === 'unknown-outcome') return undefined;
  const clicker = callerSchema.parse(callerOf(interaction));
  if (parts.policy.current().permission(clicker, requested.tool) !== 'deny') return undefined;
  return 'Your roles do not let you use this tool, so you cannot allow or deny it either.';
}

function isApprover(interaction: IncomingInteraction, parts: InteractionParts): boolean {
  const who = [interaction.author.id, ...interaction.roles.map(({ id }) => id)];
  return who.some((id) => parts.config.DISCORD_APPROVERS.includes(id));
}

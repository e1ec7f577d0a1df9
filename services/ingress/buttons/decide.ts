import type { Decision } from '#shared/run/decide.ts';
import { redisNow } from '#shared/redis/connect.ts';
import { plainName } from '../request/names.ts';
import { whyNotDecide } from '../request/decision-rights.ts';
import { withServersApprovers } from '../request/settings.ts';
import { runOfPress, type Button } from './button.ts';

export const decisions: ReadonlySet<string> = new Set([
  'allow',
  'deny',
  'happened',
  'did-not-happen',
] satisfies Decision[]);

/**
 * Decides an approval, once. The rights are checked at the click. A card that is not this run's decides nothing.
 */
export const decide: Button = async (press, ingress) => {
  const { interaction } = press;
  const [approval = '', decision = ''] = press.rest;
  const record = await runOfPress(press, ingress, `approval:${approval}`);
  const place = record?.request.discord;
  if (!record || !place || !decisions.has(decision)) return { say: interaction.say('decide.stale') };
  if (record.status === 'ended') return 'quiet';
  const requested = await ingress.runs.question(record.id, approval);
  if (!requested) return { say: interaction.say('decide.stale') };
  const now = await redisNow(ingress.redis);
  const approvers = await withServersApprovers(ingress, interaction.guild);
  // A card that stands elsewhere than the question was asked is judged by where it stands.
  const here = { ...place, channel: interaction.channel };
  const refusal = whyNotDecide(
    interaction.say,
    interaction,
    { requested, caller: record.request.caller, place: here, now },
    approvers,
  );
  if (refusal !== undefined) return { say: refusal };
  const by = plainName(interaction.author.name);
  await ingress.runs.decide(record.id, approval, { decision: decision as Decision, by });
  // The card itself shows who decided, also to the person who came second.
  return 'quiet';
};

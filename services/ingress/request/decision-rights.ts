import type { EntryOf } from '#shared/run/journal-entries.ts';
import type { PolicySource } from '#shared/rights/policy.ts';
import { callerSchema, type Caller, type DiscordTarget } from '#shared/run/request.ts';
import type { Say } from '../language/say.ts';
import type { RoleRef } from '../discord/incoming.ts';
import { callerOf } from './build.ts';

/** Somebody who wants to decide, with what they are at this moment and in this place. */
export interface Decider {
  author: { id: string; name: string; bot: boolean; system: boolean };
  roles: RoleRef[];
  guild?: string;
  channel: string;
  /** Whether they moderate the channel in which they are. */
  moderator: boolean;
}

export interface DecisionContext {
  config: { DISCORD_APPROVERS: string[] };
  policy: PolicySource;
}

/** What is to be decided, and for whom. `now`: by Redis' clock. */
export interface Undecided {
  requested: EntryOf<'approval.requested'>;
  caller: Pick<Caller, 'id'>;
  place: DiscordTarget;
  now: number;
}

/**
 * Why this person may not decide; undefined when they may. The person who asked, moderators of the channel that it was
 * asked in and the configured approvers may, each only if the policy now grants them the tool.
 */
export function whyNotDecide(
  say: Say,
  decider: Decider,
  question: Undecided,
  ingress: DecisionContext,
): string | undefined {
  const { requested, caller, place, now } = question;
  if (now > requested.expiresAt) return say('decide.too-late');
  const approver = isApprover(decider, ingress);
  if (decider.guild === undefined && !approver) {
    return say('decide.not-in-dm');
  }
  const moderates = decider.moderator && decider.channel === place.channel;
  if (!approver && !moderates && decider.author.id !== caller.id) {
    return say('decide.not-yours', { person: `<@${caller.id}>` });
  }
  if (requested.kind === 'unknown-outcome') return undefined;
  const clicker = callerSchema.parse(callerOf(decider));
  if (ingress.policy.current().permission(clicker, requested.tool) !== 'deny') return undefined;
  return say('decide.no-right');
}

export function isApprover({ author, roles }: Pick<Decider, 'author' | 'roles'>, { config }: DecisionContext): boolean {
  return [author.id, ...roles.map(({ id }) => id)].some((id) => config.DISCORD_APPROVERS.includes(id));
}

import { canView, may, Permission } from './permissions.ts';
import type { Channel } from './types.ts';
import { guildOf, type World } from './world.ts';

/** `allowed_mentions` as bots send it. When absent, everything that the text names is mentioned. */
export interface AllowedMentions {
  parse?: string[];
  users?: string[];
  roles?: string[];
  replied_user?: boolean;
}

export interface Mentions {
  users: string[];
  roles: string[];
  everyone: boolean;
}

const CODE = /```[\s\S]*?```|``[\s\S]*?``|`[^`\n]*`/g;

/** Whom a text names. Mentions in code and escaped mentions do not count. */
function named(content: string): { users: Set<string>; roles: Set<string>; everyone: boolean } {
  const text = content.replaceAll(CODE, ' ').replaceAll(/\\[<@]/g, ' ');
  return {
    users: new Set([...text.matchAll(/<@!?(\d{15,20})>/g)].map((m) => m[1] ?? '')),
    roles: new Set([...text.matchAll(/<@&(\d{15,20})>/g)].map((m) => m[1] ?? '')),
    everyone: /@(everyone|here)\b/.test(text),
  };
}

/**
 * Computes a message's mentions as Discord does: from its content, limited by `allowed_mentions`, by the author's right
 * to mention everyone, and by which roles may be mentioned. Adds the author of the replied-to message unless that is
 * refused.
 */
export function computeMentions(
  world: World,
  channel: Channel,
  authorId: string,
  content: string,
  allowed: AllowedMentions | undefined,
  repliedAuthor: string | undefined,
): Mentions {
  const { users, roles, everyone } = named(content);
  const allows = (kind: 'users' | 'roles', id: string) =>
    !allowed || (allowed.parse?.includes(kind) ?? false) || (allowed[kind]?.includes(id) ?? false);
  const guild = guildOf(world, channel);
  const mayEveryone = guild !== undefined && may(world, channel, authorId, Permission.MENTION_EVERYONE);
  const found = [...users].filter((id) => world.users.has(id) && allows('users', id));
  if (repliedAuthor !== undefined && repliesPing(allowed) && !found.includes(repliedAuthor)) found.push(repliedAuthor);
  return {
    users: found,
    roles: [...roles].filter((id) => {
      const role = guild?.roles.get(id);
      return role !== undefined && id !== guild?.id && allows('roles', id) && (role.mentionable || mayEveryone);
    }),
    everyone: everyone && mayEveryone && (!allowed || (allowed.parse?.includes('everyone') ?? false)),
  };
}

/** Without `allowed_mentions` a reply pings; with it, only when `replied_user` is true. */
export function repliesPing(allowed: AllowedMentions | undefined): boolean {
  return allowed === undefined || allowed.replied_user === true;
}

/**
 * The people whom a message notifies: those named, those of a named role, everyone in the channel; never its author.
 */
export function notified(world: World, channel: Channel, authorId: string, mentions: Mentions): string[] {
  if (channel.recipients) return channel.recipients.filter((id) => id !== authorId);
  const guild = guildOf(world, channel);
  const members = [...(guild?.members.values() ?? [])];
  const hit = members.filter(
    (member) =>
      mentions.everyone ||
      mentions.users.includes(member.user_id) ||
      member.roles.some((role) => mentions.roles.includes(role)),
  );
  return hit.map((member) => member.user_id).filter((id) => id !== authorId && canView(world, channel, id));
}

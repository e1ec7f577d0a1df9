import { Intent } from '../gateway/intents.ts';
import { memberJson } from '../json/guild.ts';
import { removeMember, updateMember } from '../state/guilds.ts';
import { Permission } from '../state/permissions.ts';
import { compareIds } from '../state/snowflakes.ts';
import type { Guild, Member } from '../state/types.ts';
import { userOf } from '../state/world.ts';
import { refuse } from './errors.ts';
import { guildIn, queryNumber, requireInGuild, userIn } from './find.ts';
import { NO_CONTENT, ok, type Answer, type Call, type Route } from './route.ts';

export const memberRoutes: Route[] = [
  { method: 'GET', path: '/guilds/:guild/members', handle: listMembers },
  { method: 'GET', path: '/guilds/:guild/members/:user', handle: getMember },
  { method: 'PATCH', path: '/guilds/:guild/members/:user', handle: editMember },
  { method: 'DELETE', path: '/guilds/:guild/members/:user', handle: kick },
  { method: 'PUT', path: '/guilds/:guild/members/:user/roles/:role', handle: (call) => setRole(call, true) },
  { method: 'DELETE', path: '/guilds/:guild/members/:user/roles/:role', handle: (call) => setRole(call, false) },
];

function json(call: Call, guild: Guild, member: Member) {
  return memberJson(guild, member, userOf(call.context.world, member.user_id));
}

/** The full list needs the members intent in the developer portal. */
function listMembers(call: Call): Answer {
  const guild = guildIn(call);
  if ((call.bot.privilegedIntents & Intent.GUILD_MEMBERS) === 0) throw refuse('missingAccess');
  const after = call.query.get('after') ?? '0';
  const members = [...guild.members.values()]
    .filter((member) => compareIds(member.user_id, after) > 0)
    .toSorted((a, b) => compareIds(a.user_id, b.user_id));
  return ok(members.slice(0, queryNumber(call, 'limit', 1, 1000)).map((member) => json(call, guild, member)));
}

function memberIn(call: Call, guild: Guild): Member {
  const member = guild.members.get(userIn(call).id);
  if (!member) throw refuse('unknownMember');
  return member;
}

function getMember(call: Call): Answer {
  const guild = guildIn(call);
  return ok(json(call, guild, memberIn(call, guild)));
}

function editMember(call: Call): Answer {
  const guild = guildIn(call);
  const member = memberIn(call, guild);
  const change: Partial<Member> = {};
  const own = member.user_id === call.bot.userId;
  if ('nick' in call.body) {
    requireInGuild(call, guild, own ? Permission.CHANGE_NICKNAME : Permission.MANAGE_NICKNAMES);
    change.nick = (call.body['nick'] as string | null) || null;
  }
  if (Array.isArray(call.body['roles'])) {
    requireInGuild(call, guild, Permission.MANAGE_ROLES);
    change.roles = call.body['roles'] as string[];
  }
  if ('communication_disabled_until' in call.body) {
    requireInGuild(call, guild, Permission.MODERATE_MEMBERS);
    change.communication_disabled_until = call.body['communication_disabled_until'] as string | null;
  }
  return ok(json(call, guild, updateMember(call.context.world, guild, member.user_id, change)));
}

function kick(call: Call): Answer {
  const guild = guildIn(call);
  requireInGuild(call, guild, Permission.KICK_MEMBERS);
  removeMember(call.context.world, guild, memberIn(call, guild).user_id);
  return NO_CONTENT;
}

function setRole(call: Call, has: boolean): Answer {
  const guild = guildIn(call);
  requireInGuild(call, guild, Permission.MANAGE_ROLES);
  const member = memberIn(call, guild);
  const roleId = call.params['role'] ?? '';
  if (!guild.roles.has(roleId)) throw refuse('unknownRole');
  const others = member.roles.filter((id) => id !== roleId);
  updateMember(call.context.world, guild, member.user_id, { roles: has ? [...others, roleId] : others });
  return NO_CONTENT;
}

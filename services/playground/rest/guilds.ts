import { textOf } from '../json/text.ts';
import { channelJson } from '../json/channel.ts';
import { guildRestJson, memberJson, roleJson } from '../json/guild.ts';
import { createChannel } from '../state/channels.ts';
import { createRole, deleteRole, updateRole } from '../state/guilds.ts';
import { canView, Permission } from '../state/permissions.ts';
import type { Guild, Overwrite, Role } from '../state/types.ts';
import { channelsOf, isThread, userOf } from '../state/world.ts';
import { refuse, tooLong } from './errors.ts';
import { guildIn, queryNumber, requireInGuild } from './find.ts';
import { created, NO_CONTENT, ok, type Answer, type Call, type Route } from './route.ts';

export const guildRoutes: Route[] = [
  { method: 'GET', path: '/guilds/:guild', handle: getGuild },
  { method: 'GET', path: '/guilds/:guild/preview', handle: getGuild },
  { method: 'GET', path: '/guilds/:guild/channels', handle: listChannels },
  { method: 'POST', path: '/guilds/:guild/channels', handle: makeChannel },
  { method: 'GET', path: '/guilds/:guild/roles', handle: (call) => ok(rolesOf(guildIn(call)).map(roleJson)) },
  { method: 'GET', path: '/guilds/:guild/roles/:role', handle: (call) => ok(roleJson(roleIn(call, guildIn(call)))) },
  { method: 'POST', path: '/guilds/:guild/roles', handle: makeRole },
  { method: 'PATCH', path: '/guilds/:guild/roles/:role', handle: editRole },
  { method: 'DELETE', path: '/guilds/:guild/roles/:role', handle: removeRole },
  { method: 'GET', path: '/guilds/:guild/emojis', handle: none },
  { method: 'GET', path: '/guilds/:guild/stickers', handle: none },
  { method: 'GET', path: '/guilds/:guild/webhooks', handle: none },
  { method: 'GET', path: '/guilds/:guild/invites', handle: none },
  { method: 'GET', path: '/guilds/:guild/bans', handle: none },
  { method: 'GET', path: '/guilds/:guild/integrations', handle: none },
  { method: 'GET', path: '/guilds/:guild/scheduled-events', handle: none },
  { method: 'GET', path: '/guilds/:guild/members/search', handle: searchMembers },
];

/** The playground has no such things, so the list is really empty. */
function none(call: Call): Answer {
  guildIn(call);
  return ok([]);
}

function getGuild(call: Call): Answer {
  const guild = guildIn(call);
  const counts = { approximate_member_count: guild.members.size, approximate_presence_count: guild.members.size };
  return ok({ ...guildRestJson(guild), ...(call.query.get('with_counts') === 'true' && counts) });
}

function listChannels(call: Call): Answer {
  const { world } = call.context;
  const channels = channelsOf(world, guildIn(call).id).filter((channel) => !isThread(channel));
  return ok(channels.filter((c) => canView(world, c, call.bot.userId)).map((channel) => channelJson(world, channel)));
}

function makeChannel(call: Call): Answer {
  const guild = guildIn(call);
  requireInGuild(call, guild, Permission.MANAGE_CHANNELS);
  const name = textOf(call.body['name']);
  if (name.length < 1 || name.length > 100) throw tooLong('name', 100, 1);
  const channel = createChannel(call.context.world, {
    guildId: guild.id,
    name,
    type: Number(call.body['type'] ?? 0),
    parentId: (call.body['parent_id'] as string | null | undefined) ?? null,
    topic: (call.body['topic'] as string | null | undefined) ?? null,
    overwrites: (call.body['permission_overwrites'] as Overwrite[] | undefined) ?? [],
  });
  return created(channelJson(call.context.world, channel));
}

function rolesOf(guild: Guild): Role[] {
  return [...guild.roles.values()];
}

function roleIn(call: Call, guild: Guild): Role {
  const role = guild.roles.get(call.params['role'] ?? '');
  if (!role) throw refuse('unknownRole');
  return role;
}

function makeRole(call: Call): Answer {
  const guild = guildIn(call);
  requireInGuild(call, guild, Permission.MANAGE_ROLES);
  const role = createRole(call.context.world, guild, {
    name: textOf(call.body['name'], 'new role'),
    permissions: BigInt((call.body['permissions'] as string | undefined) ?? '0'),
    color: Number(call.body['color'] ?? 0),
    mentionable: call.body['mentionable'] === true,
    hoist: call.body['hoist'] === true,
  });
  return ok(roleJson(role));
}

function editRole(call: Call): Answer {
  const guild = guildIn(call);
  requireInGuild(call, guild, Permission.MANAGE_ROLES);
  const change: Partial<Role> = {};
  for (const key of ['name', 'color', 'hoist', 'permissions', 'mentionable'] as const) {
    if (call.body[key] !== undefined && call.body[key] !== null) Object.assign(change, { [key]: call.body[key] });
  }
  return ok(roleJson(updateRole(call.context.world, guild, roleIn(call, guild), change)));
}

function removeRole(call: Call): Answer {
  const guild = guildIn(call);
  requireInGuild(call, guild, Permission.MANAGE_ROLES);
  const role = roleIn(call, guild);
  if (role.managed || role.id === guild.id) throw refuse('missingPermissions');
  deleteRole(call.context.world, guild, role.id);
  return NO_CONTENT;
}

function searchMembers(call: Call): Answer {
  const guild = guildIn(call);
  const query = (call.query.get('query') ?? '').toLowerCase();
  const found = [...guild.members.values()].filter((member) => {
    const user = userOf(call.context.world, member.user_id);
    return user.username.toLowerCase().startsWith(query) || (member.nick ?? '').toLowerCase().startsWith(query);
  });
  const limited = found.slice(0, queryNumber(call, 'limit', 1, 1000));
  return ok(limited.map((member) => memberJson(guild, member, userOf(call.context.world, member.user_id))));
}

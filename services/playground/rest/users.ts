import { channelJson } from '../json/channel.ts';
import { memberJson } from '../json/guild.ts';
import { selfJson, userJson } from '../json/user.ts';
import { openDm } from '../state/channels.ts';
import { guildPermissions } from '../state/permissions.ts';
import { isSnowflake } from '../state/snowflakes.ts';
import { userOf } from '../state/world.ts';
import { invalidForm, refuse } from './errors.ts';
import { guildIn, userIn } from './find.ts';
import { Shape } from './rate-limits.ts';
import { NO_CONTENT, ok, type Answer, type Call, type Route } from './route.ts';
import { removeMember } from '../state/guilds.ts';

export const userRoutes: Route[] = [
  { method: 'GET', path: '/users/@me', handle: (call) => ok(selfJson(userOf(call.context.world, call.bot.userId))) },
  { method: 'PATCH', path: '/users/@me', handle: renameSelf },
  { method: 'GET', path: '/users/@me/guilds', handle: ownGuilds },
  { method: 'GET', path: '/users/@me/guilds/:guild/member', handle: ownMember },
  { method: 'DELETE', path: '/users/@me/guilds/:guild', handle: leaveGuild },
  { method: 'POST', path: '/users/@me/channels', limit: Shape.openDm, handle: createDm },
  { method: 'GET', path: '/users/:user', handle: (call) => ok(userJson(userIn(call))) },
];

function renameSelf(call: Call): Answer {
  const user = userOf(call.context.world, call.bot.userId);
  const { username } = call.body;
  if (typeof username === 'string') {
    if (username.length < 2 || username.length > 32) {
      throw invalidForm('username', 'BASE_TYPE_BAD_LENGTH', 'Must be between 2 and 32 in length.');
    }
    user.username = username;
  }
  return ok(selfJson(user));
}

function ownGuilds(call: Call): Answer {
  const { world } = call.context;
  const guilds = [...world.guilds.values()].filter((guild) => guild.members.has(call.bot.userId));
  return ok(
    guilds.map((guild) => ({
      id: guild.id,
      name: guild.name,
      icon: null,
      banner: null,
      owner: guild.owner_id === call.bot.userId,
      permissions: guildPermissions(guild, call.bot.userId).toString(),
      features: [],
    })),
  );
}

function ownMember(call: Call): Answer {
  const guild = guildIn(call);
  const member = guild.members.get(call.bot.userId);
  if (!member) throw refuse('unknownMember');
  return ok(memberJson(guild, member, userOf(call.context.world, call.bot.userId)));
}

function leaveGuild(call: Call): Answer {
  removeMember(call.context.world, guildIn(call), call.bot.userId);
  return NO_CONTENT;
}

/** Opens a DM. It opens even for a person who refuses messages; only sending shows the refusal. */
function createDm(call: Call): Answer {
  const { world } = call.context;
  const recipient = call.body['recipient_id'];
  if (!isSnowflake(recipient)) {
    throw invalidForm('recipient_id', 'NUMBER_TYPE_COERCE', `Value "${String(recipient)}" is not snowflake.`);
  }
  if (!world.users.has(recipient)) throw refuse('unknownUser');
  if (recipient === call.bot.userId) throw refuse('cannotDm');
  return ok(channelJson(world, openDm(world, call.bot.userId, recipient), call.bot.userId));
}

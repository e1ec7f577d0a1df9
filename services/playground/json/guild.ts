import { canView } from '../state/permissions.ts';
import type { Guild, Json, Member, Role, User } from '../state/types.ts';
import { channelsOf, isThread, userOf, type World } from '../state/world.ts';
import { channelJson, threadMemberJson } from './channel.ts';
import { userJson } from './user.ts';

export function roleJson(role: Role): Json {
  return {
    id: role.id,
    name: role.name,
    description: null,
    color: role.color,
    colors: { primary_color: role.color, secondary_color: null, tertiary_color: null },
    hoist: role.hoist,
    icon: null,
    unicode_emoji: null,
    position: role.position,
    permissions: role.permissions,
    managed: role.managed,
    mentionable: role.mentionable,
    flags: 0,
    ...(role.botId !== undefined && { tags: { bot_id: role.botId } }),
  };
}

/** A member. `user` is absent where Discord omits it (on messages). */
export function memberJson(_guild: Guild, member: Member, user?: User): Json {
  return {
    ...(user && { user: userJson(user) }),
    nick: member.nick,
    avatar: null,
    banner: null,
    roles: [...member.roles],
    joined_at: member.joined_at,
    premium_since: null,
    deaf: false,
    mute: false,
    flags: 0,
    pending: false,
    communication_disabled_until: member.communication_disabled_until,
  };
}

/** The server as GET /guilds/:id returns it. */
export function guildRestJson(guild: Guild): Json {
  return {
    id: guild.id,
    name: guild.name,
    icon: null,
    description: guild.description,
    splash: null,
    discovery_splash: null,
    banner: null,
    owner_id: guild.owner_id,
    application_id: null,
    region: 'deprecated',
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: guild.system_channel_id,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 0,
    default_message_notifications: 0,
    explicit_content_filter: 0,
    mfa_level: 0,
    nsfw_level: 0,
    nsfw: false,
    premium_tier: 0,
    premium_subscription_count: 0,
    premium_progress_bar_enabled: false,
    preferred_locale: guild.locale ?? 'en-US',
    rules_channel_id: null,
    public_updates_channel_id: null,
    safety_alerts_channel_id: null,
    vanity_url_code: null,
    max_members: 500_000,
    max_presences: null,
    max_video_channel_users: 25,
    max_stage_video_channel_users: 50,
    features: guild.locale === undefined ? [] : ['COMMUNITY'],
    roles: [...guild.roles.values()].map(roleJson),
    emojis: [],
    stickers: [],
  };
}

/** The GUILD_CREATE for one bot: all channels, also those that are hidden from it, and the threads that it may see. */
export function guildJson(world: World, guild: Guild, viewerId: string): Json {
  const all = channelsOf(world, guild.id);
  const threads = all.filter(
    (channel) => isThread(channel) && channel.thread_metadata?.archived === false && canView(world, channel, viewerId),
  );
  const members = [...guild.members.values()];
  return {
    ...guildRestJson(guild),
    unavailable: false,
    large: members.length > 50,
    joined_at: guild.members.get(viewerId)?.joined_at,
    member_count: members.length,
    members: members.map((member) => memberJson(guild, member, userOf(world, member.user_id))),
    channels: all.filter((channel) => !isThread(channel)).map((channel) => channelJson(world, channel)),
    threads: threads.map((thread) => ({
      ...channelJson(world, thread),
      ...(thread.thread_members?.has(viewerId) && { member: threadMemberJson(thread, viewerId) }),
    })),
    presences: [],
    voice_states: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

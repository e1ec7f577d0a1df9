import { memberJson } from '../json/guild.ts';
import type { Channel } from './types.ts';
import { memberOf, userOf, type World } from './world.ts';

/** Says that somebody is typing; clients show it for ten seconds. */
export function startTyping(world: World, channel: Channel, userId: string): void {
  const guild = world.guilds.get(channel.guild_id ?? '');
  const member = memberOf(world, channel.guild_id, userId);
  world.publish({
    t: 'TYPING_START',
    channelId: channel.id,
    ...(guild && { guildId: guild.id }),
    ...(channel.recipients && { only: channel.recipients }),
    d: {
      channel_id: channel.id,
      user_id: userId,
      timestamp: Math.floor(world.clock.now() / 1000),
      ...(guild && { guild_id: guild.id }),
      ...(guild && member && { member: memberJson(guild, member, userOf(world, userId)) }),
    },
  });
}

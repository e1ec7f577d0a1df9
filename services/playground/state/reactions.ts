import { memberJson } from '../json/guild.ts';
import type { Channel, Dispatch, Json, Message } from './types.ts';
import { memberOf, userOf, type World } from './world.ts';

/** Reads a reaction's emoji from a path: a character, or name:id for a server's own emoji. */
export function parseEmoji(text: string): { id: string | null; name: string } {
  const own = /^(?:a:)?(\w+):(\d{15,20})$/.exec(text);
  return own ? { id: own[2] ?? null, name: own[1] ?? '' } : { id: null, name: text };
}

function sameEmoji(a: { id: string | null; name: string }, b: { id: string | null; name: string }): boolean {
  return a.id === null ? b.id === null && a.name === b.name : a.id === b.id;
}

function event(world: World, t: string, channel: Channel, message: Message, extra: Json): Dispatch {
  return {
    t,
    channelId: channel.id,
    ...(channel.guild_id !== undefined && { guildId: channel.guild_id }),
    ...(channel.recipients && { only: channel.recipients }),
    d: {
      channel_id: channel.id,
      message_id: message.id,
      ...(channel.guild_id !== undefined && { guild_id: channel.guild_id }),
      ...extra,
    },
  };
}

export function addReaction(world: World, channel: Channel, message: Message, emojiText: string, userId: string): void {
  const emoji = parseEmoji(emojiText);
  let reaction = message.reactions.find((r) => sameEmoji(r.emoji, emoji));
  if (reaction?.users.includes(userId) === true) return;
  if (!reaction) message.reactions.push((reaction = { emoji, users: [] }));
  reaction.users.push(userId);
  const guild = world.guilds.get(channel.guild_id ?? '');
  const member = memberOf(world, channel.guild_id, userId);
  world.publish(
    event(world, 'MESSAGE_REACTION_ADD', channel, message, {
      user_id: userId,
      emoji,
      type: 0,
      burst: false,
      message_author_id: message.author_id,
      ...(guild && member && { member: memberJson(guild, member, userOf(world, userId)) }),
    }),
  );
}

export function removeReaction(
  world: World,
  channel: Channel,
  message: Message,
  emojiText: string,
  userId: string,
): void {
  const emoji = parseEmoji(emojiText);
  const reaction = message.reactions.find((r) => sameEmoji(r.emoji, emoji));
  if (reaction?.users.includes(userId) !== true) return;
  reaction.users = reaction.users.filter((id) => id !== userId);
  message.reactions = message.reactions.filter((r) => r.users.length > 0);
  const gone = { user_id: userId, emoji, type: 0, burst: false };
  world.publish(event(world, 'MESSAGE_REACTION_REMOVE', channel, message, gone));
}

/** Removes all reactions, or all of one emoji. */
export function clearReactions(world: World, channel: Channel, message: Message, emojiText?: string): void {
  if (emojiText === undefined) {
    message.reactions = [];
    world.publish(event(world, 'MESSAGE_REACTION_REMOVE_ALL', channel, message, {}));
    return;
  }
  const emoji = parseEmoji(emojiText);
  message.reactions = message.reactions.filter((r) => !sameEmoji(r.emoji, emoji));
  world.publish(event(world, 'MESSAGE_REACTION_REMOVE_EMOJI', channel, message, { emoji }));
}

import { PermissionFlagsBits, type GuildMember } from 'discord.js';
import { z } from 'zod';
import { ToolError } from '#mcp/kit.ts';
import type { DiscordTool } from '../tool.ts';
import { channelId, findChannel, isCategory, type Place } from '../find-channel.ts';
import { placeName } from '../message-lines.ts';
import { channelsSeen, permissionsIn } from '../sight.ts';

const input = z.object({
  channel: z
    .string()
    .regex(/^(?:\d{17,20}|<#\d{17,20}>)$/, 'must be a channel id or mention; discord_list_channels has them')
    .describe('Id or mention of a channel or thread: a name can be changed after somebody said yes'),
  content: z
    .string()
    .trim()
    .min(1)
    .max(2_000)
    .refine((text) => /[^\p{C}\p{Z}]/u.test(text), 'holds nothing that can be seen')
    .describe('Posted as it stands; mentions in it notify nobody'),
});
const output = z.object({ id: z.string(), channel: z.string(), link: z.string() });

/** `discord_post_message(channel, content)`: posts where the asker could post themselves. */
export const postMessage: DiscordTool<typeof input, typeof output> = {
  name: 'discord_post_message',
  title: 'Post a Discord message',
  description:
    'Posts a message in a Discord channel or thread where the user may write themselves. For other channels than the present one: your answer appears there by itself.',
  input,
  output,
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  async run({ channel, content }, { door, context, asker }) {
    const who = await asker(channelId(channel));
    const place = await findChannel(who, await channelsSeen(who), channel);
    checkWritable(place, who.member, 'The person who asks');
    if (who.guild.members.me) checkWritable(place, who.guild.members.me, 'The bot');
    const { idempotencyKey: key, repeated = false, signal } = context;
    const { id } = await door.post({ channel: place.id, content, key, repeated, signal });
    const link = `https://discord.com/channels/${who.guild.id}/${place.id}/${id}`;
    return { data: { id, channel: place.id, link }, text: `Posted in ${placeName(door, place)}: ${link}` };
  },
};

const { ViewChannel, SendMessages, SendMessagesInThreads, ManageThreads } = PermissionFlagsBits;

/** Throws ToolError when somebody may not post there. Discord itself checks only what the bot may. */
function checkWritable(place: Place, member: GuildMember, who: string): void {
  if (isCategory(place) || (!place.isThread() && place.isThreadOnly())) {
    throw new ToolError('Nobody can post here: name a channel or a thread (a post of a forum is one).');
  }
  const permissions = permissionsIn(place, member);
  if (!permissions?.has([ViewChannel, place.isThread() ? SendMessagesInThreads : SendMessages])) {
    throw new ToolError(`${who} may not write in this channel.`);
  }
  if (member.isCommunicationDisabled() || member.pending) {
    throw new ToolError(`${who} may not write in this server at the moment.`);
  }
  if (place.isThread() && place.locked === true && !permissions.has(ManageThreads)) {
    throw new ToolError(`The thread is locked; ${who.toLowerCase()} may not write in it.`);
  }
}

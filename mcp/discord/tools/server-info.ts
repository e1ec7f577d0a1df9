import type { Guild } from 'discord.js';
import { z } from 'zod';
import type { DiscordTool } from '../tool.ts';
import { channelsSeen } from '../sight.ts';

const input = z.object({});
const output = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  created: z.string(),
  members: z.number(),
  boosts: z.number(),
  channels_you_see: z.number(),
  your_name: z.string(),
  your_roles: z.array(z.string()),
});

/** `discord_server_info()`: the server that the asker is in, and who they are there. */
export const serverInfo: DiscordTool<typeof input, typeof output> = {
  name: 'discord_server_info',
  title: 'About the Discord server',
  description: 'Name, age and size of the Discord server where the user asks, and their own name and roles in it.',
  input,
  output,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  async run(_, { door, asker }) {
    const who = await asker();
    const { guild, member } = who;
    const seen = await channelsSeen(who);
    const roles = [...member.roles.cache.values()].filter(({ id }) => id !== guild.id);
    return {
      data: {
        id: guild.id,
        name: door.plainName(guild.name),
        ...(guild.description !== null && { description: door.plainName(guild.description) }),
        created: guild.createdAt.toISOString().slice(0, 10),
        members: membersOf(guild),
        boosts: guild.premiumSubscriptionCount ?? 0,
        channels_you_see: seen.size,
        your_name: door.plainName(member.displayName),
        your_roles: roles.map(({ name }) => door.plainName(name)),
      },
    };
  },
};

/** Servers of another process come over REST, where Discord tells an approximate number alone. */
function membersOf({ memberCount, approximateMemberCount }: { [K in keyof Guild]?: Guild[K] | undefined }): number {
  return memberCount ?? approximateMemberCount ?? 0;
}

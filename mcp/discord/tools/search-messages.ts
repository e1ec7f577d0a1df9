import { z } from 'zod';
import type { DiscordTool } from '../tool.ts';
import { channelId, findChannel } from '../find-channel.ts';
import { messageLines, messageSchema, noContent, placeName, readMessage, type ReadMessage } from '../message-lines.ts';
import { matcherOf } from '../match.ts';
import { scanMessages } from '../scan.ts';
import { searchable } from '../searchable.ts';
import { channelsSeen } from '../sight.ts';

const input = z.object({
  query: z.string().trim().max(300).describe('Words that a message must have, all of them'),
  channel: z.string().max(200).optional().describe('Name, id or mention; all that the user can read when absent'),
  author: z.string().max(100).optional().describe('Name, id or mention'),
  limit: z.number().int().min(1).max(50).default(20),
  before: z
    .string()
    .regex(/^\d{17,20}$/)
    .optional()
    .describe('Message id: searches what is older'),
});
const output = z.object({
  messages: z.array(messageSchema.extend({ channel: z.string() })),
  looked_through: z.number(),
  channels: z.number(),
  before: z.string().optional(),
});

/** `discord_search_messages(query, channel?, author?, limit?, before?)`: looks through the latest messages. */
export const searchMessages: DiscordTool<typeof input, typeof output> = {
  name: 'discord_search_messages',
  title: 'Search Discord messages',
  description:
    'Finds recent messages by words or author in the Discord channels that the user can read; says how far back it looked.',
  input,
  output,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  async run({ query, channel, author, limit, before }, { door, settings, context, asker }) {
    const who = await asker(channel === undefined ? undefined : channelId(channel));
    const seen = await channelsSeen(who);
    const places = await searchable(
      who,
      seen,
      channel === undefined ? undefined : await findChannel(who, seen, channel),
    );
    const matches = matcherOf(query, author);
    const scan = await scanMessages(door, places, {
      ...(before !== undefined && { before }),
      most: settings.DISCORD_SEARCH_MAX_MESSAGES,
      signal: context.signal,
    });
    const names = new Map(places.map((place) => [place.id, placeName(door, place)]));
    const found = scan.messages.map((message) => ({ ...readMessage(door, message), channel: message.channel_id }));
    const hits = found.filter(matches);
    const kept = fitting(hits.slice(0, limit), settings.DISCORD_READ_MAX_CHARS);
    const rest = kept.length < hits.length ? kept.at(-1)?.id : scan.before;
    const oldest = found.at(-1);
    const reach = oldest === undefined ? '' : `, back to ${oldest.at}`;
    const lines = [
      `${kept.length} found, newest first. Looked through ${found.length} messages of ${places.length} channels${reach}; ${
        rest === undefined ? 'there are no older ones in them' : `older ones not: go on with before ${rest}`
      }.`,
      ...(door.readsContent ? [] : [noContent]),
      ...kept.map((message) => messageLines(message, ` in ${names.get(message.channel) ?? message.channel}`)),
    ];
    const data = { messages: kept, looked_through: found.length, channels: places.length };
    return { data: { ...data, ...(rest !== undefined && { before: rest }) }, text: lines.join('\n') };
  },
};

/** The first of them that have room; always one. */
function fitting<T extends ReadMessage>(messages: T[], chars: number): T[] {
  let room = chars;
  return messages.filter((message, index) => {
    room -= messageLines(message).length;
    return index === 0 || room >= 0;
  });
}

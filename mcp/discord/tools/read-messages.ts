import { z } from 'zod';
import { ToolError, type ToolOutput } from '#mcp/kit.ts';
import { checkReadable } from '../readable.ts';
import type { DiscordTool, Work } from '../tool.ts';
import type { Asker } from '../asker.ts';
import { channelId, findChannel, type Place } from '../find-channel.ts';
import { messageLines, messageSchema, noContent, placeName, readMessage, type ReadMessage } from '../message-lines.ts';
import { activeThreads, channelsSeen, type Seen } from '../sight.ts';

const input = z.object({
  channel: z
    .string()
    .max(200)
    .optional()
    .describe('Name, id or mention of a channel or thread; the present one when absent'),
  limit: z.number().int().min(1).max(100).default(30).describe('How many of the last messages'),
  before: z
    .string()
    .regex(/^\d{17,20}$/)
    .optional()
    .describe('Message id: reads what is older'),
});
const output = z.object({
  channel: z.string(),
  messages: z.array(messageSchema),
  before: z.string().optional(),
  posts: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
});
type Output = z.output<typeof output>;

/** `discord_read_messages(channel?, limit?, before?)`: the latest messages, oldest first. */
export const readMessages: DiscordTool<typeof input, typeof output> = {
  name: 'discord_read_messages',
  title: 'Read Discord messages',
  description:
    'The latest messages of a Discord channel, thread or forum that the user can see, oldest first: to tell what was said, what is new or trending.',
  input,
  output,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  async run({ channel, limit, before }, work) {
    const asker = await work.asker(channel === undefined ? undefined : channelId(channel));
    const seen = await channelsSeen(asker);
    const place = await findChannel(asker, seen, channel);
    checkReadable(place, asker);
    if (!place.isThread() && place.isThreadOnly()) return forum(work, asker, seen, place);
    if (!place.isTextBased()) throw new ToolError('This channel has no messages.');
    const found = await work.door.messages(place.id, { limit, ...(before !== undefined && { before }) });
    return shown(
      work,
      place,
      found.map((message) => readMessage(work.door, message)),
      found.length === limit,
    );
  },
};

/** `messages`: the newest first. As many of them as there is room for. */
function shown(work: Work, place: Place, messages: ReadMessage[], more: boolean): ToolOutput<Output> {
  const { door, settings } = work;
  let room = settings.DISCORD_READ_MAX_CHARS;
  const kept: ReadMessage[] = [];
  for (const message of messages) {
    room -= messageLines(message).length;
    if (room < 0 && kept.length > 0) break;
    kept.push(room < 0 ? cutTo(message, settings.DISCORD_READ_MAX_CHARS) : message);
  }
  const oldest = kept.at(-1);
  const rest = oldest !== undefined && (more || kept.length < messages.length) ? oldest.id : undefined;
  const ordered = kept.toReversed();
  const lines = [
    `${placeName(door, place)}: ${ordered.length} messages, oldest first.`,
    ...(door.readsContent ? [] : [noContent]),
    ...ordered.map((message) => messageLines(message)),
    ...(rest === undefined ? [] : [`[For older ones: before ${rest}]`]),
  ];
  const data = { channel: place.id, messages: ordered, ...(rest !== undefined && { before: rest }) };
  return { data, text: lines.join('\n') };
}

function cutTo(message: ReadMessage, chars: number): ReadMessage {
  return { ...message, text: `${message.text.slice(0, chars).toWellFormed()} [cut]` };
}

const maxPosts = 25;

/** A forum has no messages of its own: its posts are threads. */
async function forum({ door }: Work, asker: Asker, seen: Seen, place: Place): Promise<ToolOutput<Output>> {
  const threads = (await activeThreads(asker, seen)).filter(({ parentId }) => parentId === place.id);
  const posts = threads.slice(0, maxPosts).map(({ id, name }) => ({ id, name: door.plainName(name) }));
  const head = `${placeName(door, place)} is a forum; its posts are threads. Read one by its id. ${
    posts.length === 0 ? 'None is active.' : `The latest ${posts.length} of ${threads.length} active ones:`
  }`;
  const text = [head, ...posts.map(({ id, name }) => `${name} (${id})`)].join('\n');
  return { data: { channel: place.id, messages: [], posts }, text };
}

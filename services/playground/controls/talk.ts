import type { PlaygroundContext } from '../context.ts';
import { storeFile } from '../state/attachments.ts';
import { snapshotJson } from '../json/message.ts';
import { createMessage, deleteMessages, editMessage, type NewMessage } from '../state/messages.ts';
import { blockedIn } from '../state/moderation.ts';
import { beginThread } from '../state/notices.ts';
import { canSend, canView, may, Permission } from '../state/permissions.ts';
import { addReaction, removeReaction } from '../state/reactions.ts';
import { setThreadMember } from '../state/threads.ts';
import type { Channel, User } from '../state/types.ts';
import { startTyping } from '../state/typing.ts';
import { must } from '../state/world.ts';
import { channelNamed, messageWithId, userNamed } from './find.ts';
import { shownMessage, type ShownMessage } from './shown.ts';

/** The longest message that a person can write. */
const MAX_CONTENT = 2000;

export interface FileToSend {
  filename: string;
  bytes: Buffer | string;
  contentType?: string;
  description?: string;
}

export interface Saying {
  /** An id or a name; `@Ada` stands for the direct messages of Ada with the bot. */
  channel: string;
  /** The id or name of the person who writes. */
  author: string;
  content?: string;
  /** The id of the message that this one replies to. */
  replyTo?: string;
  /** Whether the reply notifies; true by default. */
  ping?: boolean;
  attachments?: FileToSend[];
  /** The id of a message that this one forwards; own words do not exclude it. */
  forward?: string;
  /** What bots and webhooks can write, and Discord's own notices, in Discord's JSON. */
  raw?: Pick<NewMessage, 'type' | 'embeds' | 'components' | 'stickers' | 'poll' | 'flags'>;
}

/** What people do by hand. Channels and people are named by id or name. A refusal throws with a sentence. */
export interface TalkControls {
  /** Writes a message as a person. */
  say(saying: Saying): ShownMessage;
  /** Changes a message as its author. */
  editMessage(messageId: string, content: string): ShownMessage;
  /** Deletes a message, whoever wrote it. */
  deleteMessage(messageId: string): void;
  react(messageId: string, author: string, emoji: string): void;
  unreact(messageId: string, author: string, emoji: string): void;
  /** Shows the person as typing for ten seconds. */
  type(channel: string, author: string): void;
  /** Opens the direct-message channel of a person and the bot. Returns its id. */
  openDm(person: string): string;
  /** Starts a thread as a person, from a message if one is given. Returns its id. */
  startThread(thread: {
    channel: string;
    author: string;
    name: string;
    messageId?: string;
    private?: boolean;
    members?: string[];
  }): string;
  joinThread(thread: string, person: string): void;
  leaveThread(thread: string, person: string): void;
}

export function talkControls(context: PlaygroundContext): TalkControls {
  const { world } = context;
  const on = (messageId: string) => {
    const message = messageWithId(context, messageId);
    return { message, channel: must(world.channels.get(message.channel_id), 'channel of that message') };
  };
  return {
    say: (saying) => say(context, saying),
    editMessage: (id, content) => shownMessage(world, editMessage(world, on(id).message, { content })),
    deleteMessage: (id) => deleteMessages(world, on(id).channel, [id]),
    react(id, author, emoji) {
      const { message, channel } = on(id);
      addReaction(world, channel, message, emoji, userNamed(context, author).id);
    },
    unreact(id, author, emoji) {
      const { message, channel } = on(id);
      removeReaction(world, channel, message, emoji, userNamed(context, author).id);
    },
    type: (channel, author) => startTyping(world, channelNamed(context, channel), userNamed(context, author).id),
    openDm: (person) => channelNamed(context, `@${person}`).id,
    startThread: (thread) => startThread(context, thread),
    joinThread: (id, person) => setThreadMember(world, channelNamed(context, id), userNamed(context, person).id, true),
    leaveThread: (id, person) =>
      setThreadMember(world, channelNamed(context, id), userNamed(context, person).id, false),
  };
}

function say(context: PlaygroundContext, saying: Saying): ShownMessage {
  const { world } = context;
  const channel = channelNamed(context, saying.channel);
  const author = userNamed(context, saying.author);
  const content = saying.content ?? '';
  requireMaySay(context, channel, author);
  if (content.length > MAX_CONTENT) throw new Error(`A message has at most ${MAX_CONTENT} characters.`);
  const files = saying.attachments ?? [];
  const isEmpty =
    content.trim() === '' && files.length === 0 && saying.forward === undefined && saying.raw === undefined;
  if (isEmpty) throw new Error('An empty message cannot be sent.');
  if (blockedIn(world, channel, content) !== undefined) throw new Error('Moderation stops this message.');
  const attachments = files.map((file) => storeFile(world, channel.id, { ...file, bytes: Buffer.from(file.bytes) }));
  const message = createMessage(world, {
    channel,
    authorId: author.id,
    content,
    attachments,
    ...(saying.replyTo !== undefined && reply(channel, saying.replyTo)),
    ...(saying.forward !== undefined && forward(context, saying.forward)),
    ...saying.raw,
    allowedMentions: { parse: ['users', 'roles', 'everyone'], replied_user: saying.ping ?? true },
  });
  return shownMessage(world, message);
}

function reply(channel: Channel, messageId: string) {
  const guild = channel.guild_id === undefined ? {} : { guild_id: channel.guild_id };
  return { type: 19, reference: { message_id: messageId, channel_id: channel.id, ...guild } };
}

/** A forward copies what it forwards, so that later changes of it do not show. */
function forward(context: PlaygroundContext, messageId: string): Pick<NewMessage, 'reference' | 'snapshots'> {
  const message = messageWithId(context, messageId);
  const reference = { type: 1, message_id: message.id, channel_id: message.channel_id };
  return { reference, snapshots: [snapshotJson(context.world, message)] };
}

function requireMaySay({ world }: PlaygroundContext, channel: Channel, author: User): void {
  const where = channel.name === undefined ? 'these direct messages' : `#${channel.name}`;
  if (!canView(world, channel, author.id)) throw new Error(`${author.username} cannot see ${where}.`);
  if (channel.thread_metadata?.locked === true && !may(world, channel, author.id, Permission.MANAGE_THREADS)) {
    throw new Error(`${author.username} may not write in ${where}, which is locked.`);
  }
  if (!canSend(world, channel, author.id)) throw new Error(`${author.username} may not write in ${where}.`);
}

function startThread(context: PlaygroundContext, input: Parameters<TalkControls['startThread']>[0]): string {
  const { world } = context;
  const parent = channelNamed(context, input.channel);
  const owner = userNamed(context, input.author);
  const needed = input.private === true ? Permission.CREATE_PRIVATE_THREADS : Permission.CREATE_PUBLIC_THREADS;
  if (!may(world, parent, owner.id, needed)) throw new Error(`${owner.username} may not start a thread here.`);
  const thread = beginThread(world, {
    parent,
    ownerId: owner.id,
    name: input.name,
    type: input.private === true ? 12 : 11,
    ...(input.messageId !== undefined && { message: messageWithId(context, input.messageId) }),
  });
  for (const person of input.members ?? []) setThreadMember(world, thread, userNamed(context, person).id, true);
  return thread.id;
}

import { messageDispatch } from '../json/message.ts';
import { computeMentions, type AllowedMentions, type Mentions } from './mentions.ts';
import { setThreadMember, updateThread } from './threads.ts';
import type { Attachment, Channel, Json, Message, MessageReference } from './types.ts';
import { timestampOf } from './snowflakes.ts';
import { findMessage, isoAt, isoNow, isThread, type World } from './world.ts';

export const MessageFlag = { SUPPRESS_EMBEDS: 4, EPHEMERAL: 64, LOADING: 128, SILENT: 4096, COMPONENTS_V2: 32_768 };

/** How long we assume that Discord remembers a nonce: "the past few minutes". */
export const NONCE_WINDOW_MS = 180_000;

export interface NewMessage {
  /** Set for a message that is the same after every start; its time is that of the id. When absent, the id is new. */
  id?: string;
  channel: Channel;
  authorId: string;
  content?: string;
  type?: number;
  tts?: boolean;
  embeds?: Json[];
  components?: Json[];
  attachments?: Attachment[];
  flags?: number;
  reference?: MessageReference;
  snapshots?: Json[];
  allowedMentions?: AllowedMentions | undefined;
  nonce?: string | number;
  applicationId?: string;
  interactionMetadata?: Json;
  stickers?: Json[];
  poll?: Json;
  /** The one person who sees it. The message is then ephemeral, and no gateway session hears of it. */
  visibleTo?: string;
}

/** Stores a message with its mentions computed, and tells everyone who may see it. */
export function createMessage(world: World, input: NewMessage): Message {
  const { channel } = input;
  const { reference } = input;
  const target = reference && findMessage(world, reference.channel_id, reference.message_id ?? '');
  const reply = input.type === 19 ? target?.author_id : undefined;
  const content = (input.content ?? '').trim();
  const mentions = computeMentions(world, channel, input.authorId, content, input.allowedMentions, reply);
  const message: Message = { ...emptyMessage(channel, input.id ?? world.newId()), ...given(input), content };
  setMentions(message, mentions);
  message.pingsRepliedUser = reply !== undefined && mentions.users.includes(reply);
  if (isThread(channel) && message.visibleTo === undefined) beforeThreadMessage(world, channel, message);
  store(world, channel, message);
  world.publish(messageDispatch(world, 'MESSAGE_CREATE', message));
  return message;
}

function emptyMessage(channel: Channel, id: string): Message {
  return {
    id,
    channel_id: channel.id,
    ...(channel.guild_id !== undefined && { guild_id: channel.guild_id }),
    author_id: '',
    type: 0,
    content: '',
    timestamp: isoAt(timestampOf(id)),
    edited_timestamp: null,
    tts: false,
    mention_everyone: false,
    mentions: [],
    mention_roles: [],
    attachments: [],
    embeds: [],
    components: [],
    reactions: [],
    pinned: false,
    flags: 0,
    pingsRepliedUser: false,
  };
}

function given(input: NewMessage): Partial<Message> & { author_id: string } {
  return {
    author_id: input.authorId,
    type: input.type ?? 0,
    tts: input.tts ?? false,
    embeds: input.embeds ?? [],
    components: input.components ?? [],
    attachments: input.attachments ?? [],
    flags: input.flags ?? 0,
    ...(input.reference && { message_reference: input.reference }),
    ...(input.snapshots && { message_snapshots: input.snapshots }),
    ...(input.nonce !== undefined && { nonce: input.nonce }),
    ...(input.applicationId !== undefined && {
      application_id: input.applicationId,
      webhook_id: input.applicationId,
    }),
    ...(input.interactionMetadata && { interaction_metadata: input.interactionMetadata }),
    ...(input.stickers && { sticker_items: input.stickers }),
    ...(input.poll && { poll: input.poll }),
    ...(input.visibleTo !== undefined && { visibleTo: input.visibleTo }),
  };
}

function setMentions(message: Message, mentions: Mentions): void {
  message.mentions = mentions.users;
  message.mention_roles = mentions.roles;
  message.mention_everyone = mentions.everyone;
}

/** Writing in an archived thread opens it again, and makes the author a member of it. */
function beforeThreadMessage(world: World, thread: Channel, message: Message): void {
  // The message that a thread began from is shown in it, but was written elsewhere.
  if (message.type === 21) return;
  if (thread.thread_metadata?.archived === true) updateThread(world, thread, { archived: false });
  setThreadMember(world, thread, message.author_id, true);
  message.position = thread.message_count ?? 0;
  thread.message_count = (thread.message_count ?? 0) + 1;
  thread.total_message_sent = (thread.total_message_sent ?? 0) + 1;
}

function store(world: World, channel: Channel, message: Message): void {
  const messages = world.messages.get(channel.id) ?? new Map<string, Message>();
  messages.set(message.id, message);
  world.messages.set(channel.id, messages);
  if (message.visibleTo === undefined) channel.last_message_id = message.id;
  if (message.nonce !== undefined) rememberNonce(world, message);
}

function rememberNonce(world: World, message: Message): void {
  for (const [key, { at }] of world.nonces) {
    if (world.clock.now() - at <= NONCE_WINDOW_MS) break;
    world.nonces.delete(key);
  }
  // The old entry is removed first, so that the map stays in order of time.
  world.nonces.delete(`${message.author_id}/${message.nonce}`);
  world.nonces.set(`${message.author_id}/${message.nonce}`, { message, at: world.clock.now() });
}

/** The message that this author sent with this nonce in the last minutes, if any. */
export function messageByNonce(world: World, authorId: string, nonce: string | number): Message | undefined {
  const known = world.nonces.get(`${authorId}/${nonce}`);
  if (!known) return undefined;
  return world.clock.now() - known.at <= NONCE_WINDOW_MS ? known.message : undefined;
}

export interface MessageChange {
  content?: string;
  embeds?: Json[];
  components?: Json[];
  attachments?: Attachment[];
  flags?: number;
  allowedMentions?: AllowedMentions;
}

/** Changes what is given and leaves the rest. A change of the text computes the mentions anew. */
export function editMessage(world: World, message: Message, change: MessageChange): Message {
  const { allowedMentions, ...fields } = change;
  const channel = world.channels.get(message.channel_id);
  Object.assign(message, fields);
  if (channel && change.content !== undefined) {
    message.content = change.content.trim();
    const reply = message.pingsRepliedUser ? repliedAuthor(world, message) : undefined;
    const allowed = allowedMentions && { replied_user: message.pingsRepliedUser, ...allowedMentions };
    setMentions(message, computeMentions(world, channel, message.author_id, message.content, allowed, reply));
  }
  const wasLoading = (message.flags & MessageFlag.LOADING) !== 0;
  message.flags &= ~MessageFlag.LOADING;
  // Discord does not mark the first answer to a deferred interaction as edited.
  if (!wasLoading) message.edited_timestamp = isoNow(world);
  world.publish(messageDispatch(world, 'MESSAGE_UPDATE', message));
  return message;
}

function repliedAuthor(world: World, message: Message): string | undefined {
  const reference = message.message_reference;
  return reference && findMessage(world, reference.channel_id, reference.message_id ?? '')?.author_id;
}

/** Removes messages. Sends MESSAGE_DELETE for one, MESSAGE_DELETE_BULK for several. */
export function deleteMessages(world: World, channel: Channel, ids: string[], bulk = false): void {
  const messages = world.messages.get(channel.id);
  const found = ids.map((id) => messages?.get(id)).filter((message) => message !== undefined);
  for (const message of found) messages?.delete(message.id);
  const where = { channel_id: channel.id, ...(channel.guild_id !== undefined && { guild_id: channel.guild_id }) };
  const first = found[0];
  if (!first) return;
  const only = first.visibleTo === undefined ? channel.recipients : [first.visibleTo];
  world.publish({
    t: bulk ? 'MESSAGE_DELETE_BULK' : 'MESSAGE_DELETE',
    channelId: channel.id,
    ...(channel.guild_id !== undefined && { guildId: channel.guild_id }),
    ...(only && { only }),
    d: { ...(bulk ? { ids: found.map((message) => message.id) } : { id: first.id }), ...where },
  });
}

export interface HistoryQuery {
  limit: number;
  before?: string;
  after?: string;
  around?: string;
}

/** A channel's messages, newest first, without ephemeral ones. */
export function history(world: World, channelId: string, query: HistoryQuery): Message[] {
  const all = [...(world.messages.get(channelId)?.values() ?? [])].filter((m) => m.visibleTo === undefined);
  const position = (id: string) => all.filter((message) => BigInt(message.id) < BigInt(id)).length;
  let from = Math.max(0, all.length - query.limit);
  let to = all.length;
  if (query.around !== undefined) {
    from = Math.max(0, position(query.around) - Math.floor(query.limit / 2));
    to = from + query.limit;
  } else if (query.before !== undefined) {
    to = position(query.before);
    from = Math.max(0, to - query.limit);
  } else if (query.after !== undefined) {
    from = position((BigInt(query.after) + 1n).toString());
    to = from + query.limit;
  }
  return all.slice(from, to).toReversed();
}

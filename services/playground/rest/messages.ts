import { messageJson } from '../json/message.ts';
import { Intent, mayReadContent, withoutContent } from '../gateway/intents.ts';
import {
  createMessage,
  deleteMessages,
  editMessage,
  history,
  messageByNonce,
  MessageFlag,
  type HistoryQuery,
  type NewMessage,
} from '../state/messages.ts';
import { may, Permission } from '../state/permissions.ts';
import { isSnowflake, timestampOf } from '../state/snowflakes.ts';
import type { Channel, Json, Message, MessageReference } from '../state/types.ts';
import { findMessage } from '../state/world.ts';
import { applyEdit, editedFlags } from './edit-message.ts';
import { invalidForm, refuse, tooLong } from './errors.ts';
import { channelIn, messageIn, queryNumber, requireActive, requireIn, requireSend } from './find.ts';
import { requireClean } from './moderation.ts';
import { Shape } from './rate-limits.ts';
import { NO_CONTENT, ok, type Answer, type Call, type Route } from './route.ts';
import { storeUploads } from './uploads.ts';
import { checkMessage, requireSomething, type CheckedMessage } from './validate-message.ts';

const FORTNIGHT_MS = 14 * 86_400_000;
/** A mask without the flag that a bot cannot set outside of interactions. */
const NOT_EPHEMERAL = ~MessageFlag.EPHEMERAL;

export const messageRoutes: Route[] = [
  { method: 'GET', path: '/channels/:channel/messages', limit: Shape.history, handle: list },
  { method: 'POST', path: '/channels/:channel/messages', limit: Shape.send, handle: send },
  { method: 'POST', path: '/channels/:channel/messages/bulk-delete', limit: Shape.remove, handle: bulkDelete },
  { method: 'GET', path: '/channels/:channel/messages/:message', limit: Shape.history, handle: getOne },
  { method: 'PATCH', path: '/channels/:channel/messages/:message', limit: Shape.edit, handle: edit },
  { method: 'DELETE', path: '/channels/:channel/messages/:message', limit: Shape.remove, handle: remove },
];

function list(call: Call): Answer {
  const channel = channelIn(call);
  // Without the permission there is nothing to see, which Discord does not call an error.
  if (!may(call.context.world, channel, call.bot.userId, Permission.READ_MESSAGE_HISTORY)) return ok([]);
  const query: HistoryQuery = { limit: queryNumber(call, 'limit', 50, 100) };
  for (const key of ['before', 'after', 'around'] as const) {
    const id = call.query.get(key);
    if (id === null) continue;
    if (!/^\d{1,20}$/.test(id)) throw invalidForm(key, 'NUMBER_TYPE_COERCE', `Value "${id}" is not snowflake.`);
    query[key] = id;
  }
  const messages = history(call.context.world, channel.id, query);
  return ok(messages.map((message) => readable(call, message)));
}

function getOne(call: Call): Answer {
  const channel = channelIn(call);
  requireIn(call, channel, Permission.READ_MESSAGE_HISTORY);
  return ok(readable(call, messageIn(call, channel)));
}

/** Without the message content intent in the developer portal, REST hides content as the gateway does. */
function readable(call: Call, message: Message): Json {
  const json = messageJson(call.context.world, message, call.bot.userId);
  const readsAll = (call.bot.privilegedIntents & Intent.MESSAGE_CONTENT) !== 0;
  return readsAll || mayReadContent(message, call.bot.userId) ? json : withoutContent(json);
}

function send(call: Call): Answer {
  const { world } = call.context;
  const channel = channelIn(call);
  requireSend(call, channel);
  const checked = checkMessage(call.body, call.uploads);
  requireSomething(checked, call.uploads);
  if (call.uploads.length > 0) requireIn(call, channel, Permission.ATTACH_FILES);
  requireClean(world, channel, checked);
  const known = checked.enforceNonce && checked.nonce !== undefined;
  const earlier = known ? messageByNonce(world, call.bot.userId, checked.nonce ?? '') : undefined;
  if (earlier) return ok(messageJson(world, earlier, call.bot.userId));
  const wanted = newMessage(call, channel, checked);
  // Without the right to embed, nothing may be left.
  if (
    !wanted.content &&
    call.uploads.length === 0 &&
    !wanted.embeds?.length &&
    !wanted.components?.length &&
    !wanted.poll
  ) {
    throw refuse('emptyMessage');
  }
  const message = createMessage(world, {
    ...wanted,
    ...replyOf(call, channel),
    attachments: storeUploads(world, channel.id, call.uploads, call.body['attachments']),
  });
  return ok(messageJson(world, message, call.bot.userId));
}

function newMessage(call: Call, channel: Channel, checked: CheckedMessage): NewMessage {
  const mayEmbed = may(call.context.world, channel, call.bot.userId, Permission.EMBED_LINKS);
  return {
    channel,
    authorId: call.bot.userId,
    content: checked.content ?? '',
    tts: checked.tts,
    // When the author may not embed, Discord drops the embeds and stores the rest.
    embeds: mayEmbed ? (checked.embeds ?? []) : [],
    components: checked.components ?? [],
    flags: checked.flags & NOT_EPHEMERAL,
    allowedMentions: checked.allowedMentions,
    ...(checked.nonce !== undefined && { nonce: checked.nonce }),
    ...(checked.poll && { poll: checked.poll }),
  };
}

/** Ordinary messages, replies and answers to commands. */
const REPLIABLE: ReadonlySet<number> = new Set([0, 19, 20, 23]);

/** The reference of a reply. An unknown message is refused, unless `fail_if_not_exists` is false. */
function replyOf(call: Call, channel: Channel): Pick<NewMessage, 'type' | 'reference'> {
  const wanted = call.body['message_reference'] as Json | undefined;
  if (!wanted) return {};
  const messageId = wanted['message_id'];
  if (!isSnowflake(messageId)) {
    throw invalidForm('message_reference.message_id', 'NUMBER_TYPE_COERCE', 'Value is not snowflake.');
  }
  const channelId = typeof wanted['channel_id'] === 'string' ? wanted['channel_id'] : channel.id;
  const target = findMessage(call.context.world, channelId, messageId);
  if (!target || target.visibleTo !== undefined || channelId !== channel.id) {
    if (wanted['fail_if_not_exists'] === false) return {};
    throw invalidForm('message_reference', 'MESSAGE_REFERENCE_UNKNOWN_MESSAGE', 'Unknown message');
  }
  if (!may(call.context.world, channel, call.bot.userId, Permission.READ_MESSAGE_HISTORY)) {
    throw refuse('noHistory');
  }
  if (!REPLIABLE.has(target.type)) {
    const message = 'Cannot reply to a system message';
    throw invalidForm('message_reference', 'REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE', message);
  }
  const reference: MessageReference = {
    message_id: messageId,
    channel_id: channelId,
    ...(channel.guild_id !== undefined && { guild_id: channel.guild_id }),
  };
  return { type: 19, reference };
}

function edit(call: Call): Answer {
  const { world } = call.context;
  const channel = channelIn(call);
  const message = messageIn(call, channel);
  if (message.author_id !== call.bot.userId) return suppressEmbeds(call, channel, message);
  requireActive(call, channel);
  applyEdit(world, message, call.body, call.uploads);
  return ok(messageJson(world, message, call.bot.userId));
}

/** Of another author's message a bot can only hide the embeds, and only when it may manage messages. */
function suppressEmbeds(call: Call, channel: Channel, message: Message): Answer {
  const keys = Object.keys(call.body);
  if (keys.length !== 1 || keys[0] !== 'flags') throw refuse('notTheAuthor');
  requireIn(call, channel, Permission.MANAGE_MESSAGES);
  editMessage(call.context.world, message, { flags: editedFlags(message, Number(call.body['flags'])) });
  return ok(messageJson(call.context.world, message, call.bot.userId));
}

function remove(call: Call): Answer {
  const channel = channelIn(call);
  const message = messageIn(call, channel);
  if (message.author_id !== call.bot.userId) requireIn(call, channel, Permission.MANAGE_MESSAGES);
  deleteMessages(call.context.world, channel, [message.id]);
  return NO_CONTENT;
}

function bulkDelete(call: Call): Answer {
  const channel = channelIn(call);
  if (channel.recipients) throw refuse('wrongChannelType');
  requireIn(call, channel, Permission.MANAGE_MESSAGES);
  const ids = (call.body['messages'] as string[] | undefined) ?? [];
  if (ids.length < 2 || ids.length > 100) throw tooLong('messages', 100, 2);
  const oldest = call.context.world.clock.now() - FORTNIGHT_MS;
  if (ids.some((id) => !isSnowflake(id) || timestampOf(id) < oldest)) throw refuse('tooOldForBulkDelete');
  deleteMessages(call.context.world, channel, ids, true);
  return NO_CONTENT;
}

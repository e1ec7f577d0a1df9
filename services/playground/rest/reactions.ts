import { userJson } from '../json/user.ts';
import { may, Permission } from '../state/permissions.ts';
import { addReaction, clearReactions, parseEmoji, removeReaction } from '../state/reactions.ts';
import type { Channel, Message } from '../state/types.ts';
import { userOf } from '../state/world.ts';
import { invalidForm, refuse } from './errors.ts';
import { channelIn, messageIn, queryNumber, requireActive, requireIn, userIn } from './find.ts';
import { Shape } from './rate-limits.ts';
import { NO_CONTENT, ok, type Answer, type Call, type Route } from './route.ts';

const OF_MESSAGE = '/channels/:channel/messages/:message/reactions';
const MAX_KINDS = 20;

export const reactionRoutes: Route[] = [
  { method: 'PUT', path: `${OF_MESSAGE}/:emoji/@me`, limit: Shape.reaction, handle: add },
  { method: 'DELETE', path: `${OF_MESSAGE}/:emoji/:user`, limit: Shape.reaction, handle: remove },
  { method: 'GET', path: `${OF_MESSAGE}/:emoji`, handle: list },
  { method: 'DELETE', path: `${OF_MESSAGE}/:emoji`, limit: Shape.reaction, handle: (call) => clear(call) },
  { method: 'DELETE', path: OF_MESSAGE, limit: Shape.reaction, handle: (call) => clear(call) },
];

function target(call: Call): { channel: Channel; message: Message } {
  const channel = channelIn(call);
  return { channel, message: messageIn(call, channel) };
}

/** A pictograph, a flag or a keycap, or name:id for a server's own emoji. */
const EMOJI = /^(?:a:)?\w+:\d{15,20}$|^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?)$/v;

function add(call: Call): Answer {
  const { channel, message } = target(call);
  requireActive(call, channel);
  const emoji = call.params['emoji'] ?? '';
  if (!EMOJI.test(emoji)) throw refuse('unknownEmoji');
  const known = message.reactions.some((reaction) => reaction.emoji.name === parseEmoji(emoji).name);
  requireIn(call, channel, Permission.READ_MESSAGE_HISTORY);
  if (!known && !may(call.context.world, channel, call.bot.userId, Permission.ADD_REACTIONS)) {
    throw refuse('missingPermissions');
  }
  if (!known && message.reactions.length >= MAX_KINDS) {
    throw invalidForm('emoji', 'MAX_REACTIONS', 'Maximum number of reactions reached (20)');
  }
  addReaction(call.context.world, channel, message, emoji, call.bot.userId);
  return NO_CONTENT;
}

function remove(call: Call): Answer {
  const { channel, message } = target(call);
  requireActive(call, channel);
  const { id } = userIn(call);
  if (id !== call.bot.userId) requireIn(call, channel, Permission.MANAGE_MESSAGES);
  removeReaction(call.context.world, channel, message, call.params['emoji'] ?? '', id);
  return NO_CONTENT;
}

function list(call: Call): Answer {
  const { message } = target(call);
  const emoji = parseEmoji(call.params['emoji'] ?? '');
  const users = message.reactions.find((r) => r.emoji.id === emoji.id && r.emoji.name === emoji.name)?.users ?? [];
  const limited = users.slice(0, queryNumber(call, 'limit', 25, 100));
  return ok(limited.map((id) => userJson(userOf(call.context.world, id))));
}

function clear(call: Call): Answer {
  const { channel, message } = target(call);
  requireIn(call, channel, Permission.MANAGE_MESSAGES);
  clearReactions(call.context.world, channel, message, call.params['emoji']);
  return NO_CONTENT;
}

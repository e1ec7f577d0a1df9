import { messageDispatch, messageJson } from '../json/message.ts';
import { Permission } from '../state/permissions.ts';
import type { Channel, Message } from '../state/types.ts';
import { NoticeType, postNotice } from '../state/notices.ts';
import { refuse } from './errors.ts';
import { channelIn, messageIn, requireIn } from './find.ts';
import { NO_CONTENT, ok, type Answer, type Call, type Route } from './route.ts';

const MAX_PINS = 50;

/** Pins have two paths: the older one, and the one of 2025. */
export const pinRoutes: Route[] = ['/channels/:channel/pins', '/channels/:channel/messages/pins'].flatMap(
  (path): Route[] => [
    { method: 'GET', path, handle: (call) => list(call, path.includes('/messages/')) },
    { method: 'PUT', path: `${path}/:message`, handle: (call) => pin(call, true) },
    { method: 'DELETE', path: `${path}/:message`, handle: (call) => pin(call, false) },
  ],
);

function pinned(call: Call, channel: Channel): Message[] {
  const messages = [...(call.context.world.messages.get(channel.id)?.values() ?? [])];
  return messages.filter((message) => message.pinned).toReversed();
}

function list(call: Call, newer: boolean): Answer {
  const messages = pinned(call, channelIn(call));
  const json = messages.map((message) => messageJson(call.context.world, message, call.bot.userId));
  if (!newer) return ok(json);
  return ok({ items: json.map((message) => ({ pinned_at: message['timestamp'], message })), has_more: false });
}

function pin(call: Call, on: boolean): Answer {
  const channel = channelIn(call);
  if (!channel.recipients) requireIn(call, channel, Permission.MANAGE_MESSAGES);
  const message = messageIn(call, channel);
  if (on && pinned(call, channel).length >= MAX_PINS) throw refuse('maxPins');
  if (message.pinned === on) return NO_CONTENT;
  message.pinned = on;
  call.context.world.publish(messageDispatch(call.context.world, 'MESSAGE_UPDATE', message));
  if (on) {
    const reference = { message_id: message.id, channel_id: channel.id };
    postNotice(call.context.world, channel, { authorId: call.bot.userId, type: NoticeType.PINNED, reference });
  }
  return NO_CONTENT;
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PlaygroundContext } from '../context.ts';
import { shownMessage } from '../controls/shown.ts';
import { concerns } from '../gateway/delivery.ts';
import { canSeeMessage } from '../state/permissions.ts';
import type { Dispatch, Json, Message, User } from '../state/types.ts';
import { findMessage } from '../state/world.ts';

const KEEP_ALIVE_MS = 20_000;

/** The server-sent events of the page: `message`, `removed`, `typing`, `state` (fetch the snapshot anew). */
interface PageEvent {
  name: 'message' | 'removed' | 'typing' | 'state';
  data: Json;
}

/** Streams what happens, as far as this person may know it, until they close the page. */
export function streamEvents(
  context: PlaygroundContext,
  request: IncomingMessage,
  response: ServerResponse,
  me: User,
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(':\n\n');
  const send = ({ name, data }: PageEvent) => response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  const unsubscribe = context.world.subscribe((event) => {
    const shown = pageEvent(context, event, me);
    if (shown) send(shown);
  });
  let online = isOnline(context);
  const unwatch = context.onChange(() => {
    if (isOnline(context) === online) return;
    online = !online;
    send({ name: 'state', data: {} });
  });
  const timer = setInterval(() => response.write(':\n\n'), KEEP_ALIVE_MS);
  request.on('close', () => {
    unsubscribe();
    unwatch();
    clearInterval(timer);
  });
}

function isOnline({ gateway }: PlaygroundContext): boolean {
  return [...gateway.sessions.values()].some(({ socket }) => socket !== undefined);
}

function pageEvent(context: PlaygroundContext, event: Dispatch, me: User): PageEvent | undefined {
  const { world } = context;
  // Somebody who loses sight of a channel must hear of it, although the channel no longer concerns them.
  if (/^(CHANNEL|THREAD|GUILD|PLAYGROUND_COMMANDS)/.test(event.t)) return { name: 'state', data: {} };
  if (!concerns(world, event, me.id)) return undefined;
  if (event.t === 'TYPING_START') {
    return { name: 'typing', data: { channelId: event.d['channel_id'], userId: event.d['user_id'] } };
  }
  if (event.t.startsWith('MESSAGE_DELETE')) {
    return { name: 'removed', data: { channelId: event.d['channel_id'], ids: event.d['ids'] ?? [event.d['id']] } };
  }
  const message = event.t.startsWith('MESSAGE_') ? messageOf(context, event) : undefined;
  if (!message || !canSeeMessage(world, message, me.id)) return undefined;
  return { name: 'message', data: { message: shownMessage(world, message), fresh: event.t === 'MESSAGE_CREATE' } };
}

/** The message of the event itself, or the one that a reaction belongs to. */
function messageOf({ world }: PlaygroundContext, event: Dispatch): Message | undefined {
  return event.message ?? findMessage(world, String(event.d['channel_id']), String(event.d['message_id']));
}

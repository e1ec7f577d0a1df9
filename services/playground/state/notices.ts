import { createMessage, type NewMessage } from './messages.ts';
import { createThread, updateThread, type NewThread, type ThreadChange } from './threads.ts';
import type { Channel, Message } from './types.ts';
import type { World } from './world.ts';

/** The types of messages that Discord itself writes here (docs: Message Types). */
export const NoticeType = { RENAMED: 4, PINNED: 6, THREAD_CREATED: 18, THREAD_STARTER: 21 } as const;

/** A notice of Discord about what a person or bot did. */
export function postNotice(world: World, channel: Channel, notice: Omit<NewMessage, 'channel'>): Message {
  return createMessage(world, { channel, allowedMentions: { parse: [] }, ...notice });
}

/**
 * Starts a thread, with the message that Discord puts there: the one that the thread begins from as its first, or a
 * notice in the channel. A forum has neither.
 */
export function beginThread(world: World, input: NewThread): Channel {
  const thread = createThread(world, input);
  const { message, parent } = input;
  const guild = parent.guild_id === undefined ? {} : { guild_id: parent.guild_id };
  if (message) {
    const reference = { message_id: message.id, channel_id: parent.id, ...guild };
    postNotice(world, thread, { authorId: message.author_id, type: NoticeType.THREAD_STARTER, reference });
  } else if (parent.type !== 15 && thread.type !== 12) {
    const reference = { channel_id: thread.id, ...guild };
    const type = NoticeType.THREAD_CREATED;
    postNotice(world, parent, { authorId: input.ownerId, type, content: input.name, reference });
  }
  return thread;
}

/** Changes a thread as `by`; a new name is told in it. */
export function changeThread(world: World, thread: Channel, change: ThreadChange, by: string): Channel {
  const renamed = change.name !== undefined && change.name !== thread.name;
  updateThread(world, thread, change);
  if (renamed) postNotice(world, thread, { authorId: by, type: NoticeType.RENAMED, content: thread.name ?? '' });
  return thread;
}

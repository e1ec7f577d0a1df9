import { textOf } from '../json/text.ts';
import { channelJson, threadMemberJson } from '../json/channel.ts';
import { memberJson } from '../json/guild.ts';
import { messageJson } from '../json/message.ts';
import { createMessage } from '../state/messages.ts';
import { canView, Permission } from '../state/permissions.ts';
import { beginThread } from '../state/notices.ts';
import { createThread, setThreadMember, type NewThread } from '../state/threads.ts';
import type { Channel, Json } from '../state/types.ts';
import { channelsOf, guildOf, isThread, userOf } from '../state/world.ts';
import { invalidForm, refuse, tooLong } from './errors.ts';
import { channelIn, guildIn, messageIn, requireIn, userIn } from './find.ts';
import { requireCleanTitle } from './moderation.ts';
import { created, NO_CONTENT, ok, type Answer, type Call, type Route } from './route.ts';
import { storeUploads } from './uploads.ts';
import { checkMessage, requireSomething } from './validate-message.ts';

export const threadRoutes: Route[] = [
  { method: 'POST', path: '/channels/:channel/messages/:message/threads', handle: startFromMessage },
  { method: 'POST', path: '/channels/:channel/threads', handle: start },
  { method: 'GET', path: '/channels/:channel/threads/archived/public', handle: (call) => archived(call, [10, 11]) },
  { method: 'GET', path: '/channels/:channel/threads/archived/private', handle: (call) => archived(call, [12]) },
  { method: 'GET', path: '/channels/:channel/thread-members', handle: listMembers },
  { method: 'GET', path: '/channels/:channel/thread-members/:user', handle: getMember },
  { method: 'PUT', path: '/channels/:channel/thread-members/:user', handle: (call) => setMember(call, true) },
  { method: 'DELETE', path: '/channels/:channel/thread-members/:user', handle: (call) => setMember(call, false) },
  { method: 'GET', path: '/guilds/:guild/threads/active', handle: active },
];

function newThread(call: Call, parent: Channel): NewThread {
  const name = textOf(call.body['name']);
  if (name.length < 1 || name.length > 100) throw tooLong('name', 100, 1);
  const duration = call.body['auto_archive_duration'];
  if (duration !== undefined && duration !== null && ![60, 1440, 4320, 10_080].includes(Number(duration))) {
    throw invalidForm('auto_archive_duration', 'BASE_TYPE_CHOICES', 'Value must be one of (60, 1440, 4320, 10080).');
  }
  requireCleanTitle(call.context.world, parent, name);
  return {
    parent,
    ownerId: call.bot.userId,
    name,
    ...(typeof duration === 'number' && { autoArchiveDuration: duration }),
  };
}

function requireParent(channel: Channel): void {
  if (![0, 5, 15].includes(channel.type)) throw refuse('wrongChannelType');
}

function startFromMessage(call: Call): Answer {
  const { world } = call.context;
  const parent = channelIn(call);
  requireParent(parent);
  requireIn(call, parent, Permission.CREATE_PUBLIC_THREADS);
  const message = messageIn(call, parent);
  if (message.thread_id !== undefined) throw refuse('threadExists');
  const type = parent.type === 5 ? 10 : 11;
  return created(channelJson(world, beginThread(world, { ...newThread(call, parent), type, message })));
}

/** Starts a thread without a message. In a forum the request brings the first message with it. */
function start(call: Call): Answer {
  const { world } = call.context;
  const parent = channelIn(call);
  requireParent(parent);
  if (parent.type === 15) return startPost(call, parent);
  // Discord makes a private thread when the type is not given.
  const type = Number(call.body['type'] ?? 12);
  if (![10, 11, 12].includes(type)) throw refuse('wrongChannelType');
  requireIn(call, parent, type === 12 ? Permission.CREATE_PRIVATE_THREADS : Permission.CREATE_PUBLIC_THREADS);
  const invitable = call.body['invitable'] !== false;
  return created(channelJson(world, beginThread(world, { ...newThread(call, parent), type, invitable })));
}

function startPost(call: Call, parent: Channel): Answer {
  const { world } = call.context;
  requireIn(call, parent, Permission.SEND_MESSAGES);
  const body = (call.body['message'] as Json | undefined) ?? {};
  const checked = checkMessage(body, call.uploads);
  requireSomething(checked, call.uploads);
  const thread = createThread(world, { ...newThread(call, parent), type: 11 });
  const message = createMessage(world, {
    channel: thread,
    authorId: call.bot.userId,
    content: checked.content ?? '',
    embeds: checked.embeds ?? [],
    components: checked.components ?? [],
    flags: checked.flags,
    allowedMentions: checked.allowedMentions,
    attachments: storeUploads(world, thread.id, call.uploads, body['attachments']),
  });
  return created({ ...channelJson(world, thread), message: messageJson(world, message, call.bot.userId) });
}

function threadIn(call: Call): Channel {
  const thread = channelIn(call);
  if (!isThread(thread)) throw refuse('wrongChannelType');
  return thread;
}

function listMembers(call: Call): Answer {
  const thread = threadIn(call);
  return ok([...(thread.thread_members?.keys() ?? [])].map((id) => threadMember(call, thread, id)));
}

function getMember(call: Call): Answer {
  const thread = threadIn(call);
  const { id } = userIn(call);
  if (!thread.thread_members?.has(id)) throw refuse('unknownMember');
  return ok(threadMember(call, thread, id));
}

function threadMember(call: Call, thread: Channel, userId: string): Json {
  const guild = guildOf(call.context.world, thread);
  const member = guild?.members.get(userId);
  const withMember = call.query.get('with_member') === 'true' && guild && member;
  const user = userOf(call.context.world, userId);
  return { ...threadMemberJson(thread, userId), ...(withMember && { member: memberJson(guild, member, user) }) };
}

function setMember(call: Call, joined: boolean): Answer {
  const thread = threadIn(call);
  const { id } = userIn(call);
  if (!joined && id !== call.bot.userId && thread.owner_id !== call.bot.userId) {
    requireIn(call, thread, Permission.MANAGE_THREADS);
  }
  setThreadMember(call.context.world, thread, id, joined);
  return NO_CONTENT;
}

function active(call: Call): Answer {
  const { world } = call.context;
  const threads = channelsOf(world, guildIn(call).id).filter(
    (channel) =>
      isThread(channel) && channel.thread_metadata?.archived === false && canView(world, channel, call.bot.userId),
  );
  return ok({ threads: threads.map((thread) => channelJson(world, thread)), members: ownMembers(call, threads) });
}

function archived(call: Call, types: number[]): Answer {
  const { world } = call.context;
  const parent = channelIn(call);
  const threads = channelsOf(world, parent.guild_id ?? '').filter(
    (channel) =>
      channel.parent_id === parent.id &&
      types.includes(channel.type) &&
      channel.thread_metadata?.archived === true &&
      canView(world, channel, call.bot.userId),
  );
  return ok({
    threads: threads.map((thread) => channelJson(world, thread)),
    members: ownMembers(call, threads),
    has_more: false,
  });
}

function ownMembers(call: Call, threads: Channel[]): Json[] {
  const own = threads.filter((thread) => thread.thread_members?.has(call.bot.userId));
  return own.map((thread) => threadMemberJson(thread, call.bot.userId));
}

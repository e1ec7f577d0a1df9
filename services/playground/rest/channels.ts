import { textOf } from '../json/text.ts';
import { channelJson } from '../json/channel.ts';
import { deleteChannel, removeOverwrite, setOverwrite, updateChannel } from '../state/channels.ts';
import { Permission } from '../state/permissions.ts';
import { changeThread } from '../state/notices.ts';
import type { ThreadChange } from '../state/threads.ts';
import { startTyping } from '../state/typing.ts';
import type { Channel, Overwrite } from '../state/types.ts';
import { isThread } from '../state/world.ts';
import { tooLong } from './errors.ts';
import { channelIn, requireIn, requireSend } from './find.ts';
import { requireCleanTitle } from './moderation.ts';
import { Shape } from './rate-limits.ts';
import { NO_CONTENT, ok, type Answer, type Call, type Route } from './route.ts';

export const channelRoutes: Route[] = [
  { method: 'GET', path: '/channels/:channel', handle: getChannel },
  { method: 'PATCH', path: '/channels/:channel', handle: editChannel },
  { method: 'DELETE', path: '/channels/:channel', handle: removeChannel },
  { method: 'POST', path: '/channels/:channel/typing', limit: Shape.typing, handle: typing },
  { method: 'PUT', path: '/channels/:channel/permissions/:overwrite', handle: putOverwrite },
  { method: 'DELETE', path: '/channels/:channel/permissions/:overwrite', handle: dropOverwrite },
  { method: 'GET', path: '/channels/:channel/invites', handle: none },
  { method: 'GET', path: '/channels/:channel/webhooks', handle: none },
];

function none(call: Call): Answer {
  channelIn(call);
  return ok([]);
}

function getChannel(call: Call): Answer {
  return ok(channelJson(call.context.world, channelIn(call), call.bot.userId));
}

function editChannel(call: Call): Answer {
  const channel = channelIn(call);
  const { name } = call.body;
  if (typeof name === 'string' && (name.length < 1 || name.length > 100)) throw tooLong('name', 100, 1);
  if (isThread(channel)) return editThread(call, channel);
  requireIn(call, channel, Permission.MANAGE_CHANNELS);
  const change: Partial<Channel> = {};
  for (const key of ['name', 'topic', 'nsfw', 'rate_limit_per_user', 'parent_id', 'position'] as const) {
    if (call.body[key] !== undefined) Object.assign(change, { [key]: call.body[key] });
  }
  if (Array.isArray(call.body['permission_overwrites'])) {
    change.permission_overwrites = call.body['permission_overwrites'] as Overwrite[];
  }
  return ok(channelJson(call.context.world, updateChannel(call.context.world, channel, change), call.bot.userId));
}

function editThread(call: Call, thread: Channel): Answer {
  const change: ThreadChange = {};
  for (const key of [
    'name',
    'archived',
    'locked',
    'auto_archive_duration',
    'invitable',
    'rate_limit_per_user',
  ] as const) {
    if (call.body[key] !== undefined) Object.assign(change, { [key]: call.body[key] });
  }
  const own = thread.owner_id === call.bot.userId && change.locked === undefined;
  const opensOnly = Object.keys(change).length === 1 && change.archived === false && !thread.thread_metadata?.locked;
  if (!own && !opensOnly) requireIn(call, thread, Permission.MANAGE_THREADS);
  if (change.name !== undefined) requireCleanTitle(call.context.world, thread, change.name);
  return ok(channelJson(call.context.world, changeThread(call.context.world, thread, change, call.bot.userId)));
}

function removeChannel(call: Call): Answer {
  const channel = channelIn(call);
  const json = channelJson(call.context.world, channel, call.bot.userId);
  // A bot that closes a DM only hides it.
  if (channel.recipients) return ok(json);
  requireIn(call, channel, isThread(channel) ? Permission.MANAGE_THREADS : Permission.MANAGE_CHANNELS);
  deleteChannel(call.context.world, channel);
  return ok(json);
}

function typing(call: Call): Answer {
  const channel = channelIn(call);
  requireSend(call, channel);
  startTyping(call.context.world, channel, call.bot.userId);
  return NO_CONTENT;
}

function putOverwrite(call: Call): Answer {
  const channel = channelIn(call);
  requireIn(call, channel, Permission.MANAGE_ROLES);
  setOverwrite(call.context.world, channel, {
    id: call.params['overwrite'] ?? '',
    type: call.body['type'] === 1 ? 1 : 0,
    allow: textOf(call.body['allow'], '0'),
    deny: textOf(call.body['deny'], '0'),
  });
  return NO_CONTENT;
}

function dropOverwrite(call: Call): Answer {
  const channel = channelIn(call);
  requireIn(call, channel, Permission.MANAGE_ROLES);
  removeOverwrite(call.context.world, channel, call.params['overwrite'] ?? '');
  return NO_CONTENT;
}

import { canView } from '../state/permissions.ts';
import type { Dispatch, Json } from '../state/types.ts';
import type { World } from '../state/world.ts';
import type { EventFaults } from './event-faults.ts';
import { hasIntentFor, Intent, mayReadContent, withoutContent } from './intents.ts';
import { dispatchTo, type Session } from './session.ts';

/** Whether a person or bot may hear of an event, by its audience, its server and its channel. */
export function concerns(world: World, event: Dispatch, userId: string): boolean {
  if (event.only) return event.only.includes(userId);
  const guild = world.guilds.get(event.guildId ?? '');
  if (guild?.members.has(userId) !== true || guild.unavailable) return false;
  // Channels are told to all bots of a server, also those that they may not see.
  if (event.t.startsWith('CHANNEL_') && world.users.get(userId)?.bot === true) return true;
  const channel = event.channelId === undefined ? undefined : world.channels.get(event.channelId);
  return channel === undefined || canView(world, channel, userId);
}

/** Whether the event belongs to the session's shard: Discord divides the servers among shards. DMs go to the first. */
function onShard(session: Session, event: Dispatch): boolean {
  const [index, count] = session.shard;
  if (event.guildId === undefined && event.t !== 'GUILD_CREATE') return index === 0 || event.t === 'INTERACTION_CREATE';
  const guildId = event.guildId ?? String(event.d['id']);
  return guildShard(guildId, count) === index;
}

export function guildShard(guildId: string, count: number): number {
  return Number((BigInt(guildId) >> 22n) % BigInt(count));
}

/** Sends an event to every session that may have it. The content is taken out where the intent is missing. */
export function deliver(world: World, sessions: Iterable<Session>, faults: EventFaults, event: Dispatch): void {
  for (const session of sessions) {
    const botId = session.bot.userId;
    if (!session.valid || !concerns(world, event, botId)) continue;
    if (!hasIntentFor(session.intents, event, botId) || !onShard(session, event)) continue;
    const d = forSession(session, event);
    faults.apply(event.t, session.id, (lost) => dispatchTo(session, event.t, d, lost));
  }
}

function forSession(session: Session, event: Dispatch): Json {
  const { message } = event;
  if (!message || (session.intents & Intent.MESSAGE_CONTENT) !== 0) return event.d;
  return mayReadContent(message, session.bot.userId) ? event.d : withoutContent(event.d);
}

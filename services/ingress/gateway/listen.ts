import { Events, type Client, type Message, type PartialMessage } from 'discord.js';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import type { Leftovers } from '../delivery/leftovers.ts';
import { gatewayChanged } from '../events.ts';
import { incomingInteraction } from '../interactions/interaction.ts';
import { incomingMessage } from '../discord/incoming.ts';
import type { DeletedAnswer, QuestionChanges } from '../messages/changes.ts';
import type { Listener } from '../messages/listen.ts';
import type { Sessions } from '../startup/new-session.ts';
import { route, type RouteContext } from './route.ts';
import { meaningOf } from '../discord/close-codes.ts';

const log = createLogger('gateway');

export interface GatewayContext extends RouteContext {
  client: Client;
  listener: Listener;
  changes: QuestionChanges;
  sessions: Sessions;
  leftovers: Leftovers;
}

/** What a message of our own was part of, as far as the library still knows it. */
function answerOf({ reference, components }: Message | PartialMessage): DeletedAnswer {
  const ids = JSON.stringify(components?.map((row) => row.toJSON()) ?? []);
  return { repliedTo: reference?.messageId, run: /"custom_id":"[a-z]+:([A-Za-z0-9_-]+)/.exec(ids)?.[1] };
}

/** Connects the library's events with their handlers. Every handler returns at once. */
export function listenToGateway(ingress: GatewayContext): void {
  const { client, listener, changes, sessions, leftovers } = ingress;
  const gone = (message: Message | PartialMessage): void => {
    if (message.author?.id === ingress.bot()) changes.answerDeleted(answerOf(message));
    else changes.deleted(message.channelId, message.id);
  };
  client.on(Events.MessageCreate, (message) => listener.take(incomingMessage(message, ingress.bot())));
  client.on(Events.MessageUpdate, (_, message) => {
    if (message.author.id !== ingress.bot()) changes.edited(message.channelId, message.id, message.content);
  });
  client.on(Events.MessageDelete, (message) => gone(message));
  client.on(Events.MessageBulkDelete, (messages) => {
    for (const message of messages.values()) gone(message);
  });
  client.on(Events.InteractionCreate, (interaction) => {
    const incoming = incomingInteraction(interaction, ingress.bot());
    if (incoming) route(ingress, incoming);
  });
  client.on(Events.GuildAvailable, (guild) => sessions.guildCame(guild));
  client.on(Events.GuildCreate, (guild) => sessions.guildCame(guild));
  client.on(Events.ThreadUpdate, (_, thread) => leftovers.finish(thread.id));
  client.on(Events.ChannelUpdate, (_, channel) => leftovers.finish(channel.id));
  client.on(Events.ShardReady, (shard) => {
    gatewayChanged('ready', { shard });
    sessions.began(shard);
  });
  client.on(Events.ShardResume, (shard, replayed) => {
    gatewayChanged('resumed', { shard, replayed });
    sessions.resumed(shard);
  });
  client.on(Events.ShardReconnecting, (shard) => {
    gatewayChanged('reconnecting', { shard });
    sessions.lost(shard);
  });
  client.on(Events.ShardDisconnect, ({ code }) => gatewayChanged('disconnected', { code, meaning: meaningOf(code) }));
  client.on(Events.ShardError, (error) => log.warn({ error: errorText(error) }, 'the gateway connection failed'));
  client.on(Events.Error, (error) => log.error({ error: errorText(error) }, 'the client reports an error'));
}

import { Events, type Client } from 'discord.js';
import { errorText } from '#shared/ground/errors.ts';
import { createLogger } from '#shared/process/log.ts';
import { gatewayChanged } from '../events.ts';
import { incomingInteraction, type IncomingInteraction } from '../interactions/interaction.ts';
import { incomingMessage } from '../messages/incoming.ts';
import type { QuestionChanges } from '../messages/changes.ts';
import type { Listener } from '../messages/listen.ts';
import type { Sessions } from '../startup/new-session.ts';
import { meaningOf } from './close-codes.ts';

const log = createLogger('gateway');

export interface GatewayHandlers {
  listener: Listener;
  changes: QuestionChanges;
  interaction(interaction: IncomingInteraction): void;
  sessions: Sessions;
}

/** Connects the library's events with what is done about them. Every handler returns at once. */
export function listenToGateway(client: Client, handlers: GatewayHandlers): void {
  const bot = () => client.user?.id ?? '';
  client.on(Events.MessageCreate, (message) => handlers.listener.take(incomingMessage(message, bot())));
  client.on(Events.MessageUpdate, (_, message) =>
    handlers.changes.edited(message.channelId, message.id, message.content),
  );
  client.on(Events.MessageDelete, (message) => handlers.changes.deleted(message.channelId, message.id));
  client.on(Events.MessageBulkDelete, (messages) => {
    for (const message of messages.values()) handlers.changes.deleted(message.channelId, message.id);
  });
  client.on(Events.InteractionCreate, (interaction) => {
    const incoming = incomingInteraction(interaction, bot());
    if (incoming) handlers.interaction(incoming);
  });
  client.on(Events.ShardReady, () => {
    gatewayChanged('ready');
    handlers.sessions.began();
  });
  client.on(Events.ShardResume, (_, replayed) => {
    gatewayChanged('resumed', { replayed });
    handlers.sessions.resumed();
  });
  client.on(Events.ShardReconnecting, () => {
    gatewayChanged('reconnecting');
    handlers.sessions.lost();
  });
  client.on(Events.ShardDisconnect, ({ code }) => gatewayChanged('disconnected', { code, meaning: meaningOf(code) }));
  client.on(Events.ShardError, (error) => log.warn({ error: errorText(error) }, 'the gateway connection failed'));
  client.on(Events.Error, (error) => log.error({ error: errorText(error) }, 'the client reports an error'));
}

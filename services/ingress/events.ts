import { createLogger } from '#shared/process/log.ts';
import type { EntryOf } from '#shared/run/journal-entries.ts';
import { metrics } from '#shared/process/metrics.ts';

const log = createLogger('ingress');

type Undelivered = EntryOf<'undeliverable'>['failure'];

/** A message that the bot answers. */
export function messageAccepted(fields: { message: string; run: string; trigger: string; ahead: number }): void {
  metrics.discordEvents.inc({ event: 'accepted' });
  log.info(fields, 'a question was accepted');
}

/** A message was handed to the answer that is being made. */
export function messageSteered(fields: { message: string; run: string; trigger: string }): void {
  metrics.discordEvents.inc({ event: 'steered' });
  log.info(fields, 'a message was handed to a run under way');
}

/** A gate kept a message out; `gate` is one of the gates' names. */
export function messageDropped(fields: { message: string; channel: string; gate: string; why: string }): void {
  metrics.discordEvents.inc({ event: 'dropped' });
  // Most of a server's talk is not meant for the bot, so that it is logged only on request.
  log[fields.gate === 'not-addressed' ? 'debug' : 'info'](fields, 'a message was not answered');
}

/** A question could not be stored, and the person was told. */
export function questionRefused(fields: { message: string; reason: string; error: string }): void {
  metrics.discordEvents.inc({ event: 'refused' });
  log.error(fields, 'a question could not be accepted');
}

/** A failover of Redis has lost a question that was taken; the person is told. */
export function questionLost(fields: { run: string }): void {
  metrics.discordEvents.inc({ event: 'lost' });
  log.error(fields, 'a question was lost in a failover of Redis');
}

export function commandUsed(fields: { command: string; by: string }): void {
  metrics.discordEvents.inc({ event: 'command' });
  log.info(fields, 'a command was used');
}

/** A person began a new talk; `unanswered` runs belong to the one before. */
export function talkBegun(fields: { channel: string; by: string; unanswered: number }): void {
  metrics.discordEvents.inc({ event: 'talk-begun' });
  log.info(fields, 'a new talk began');
}

/** A scheduled question was asked, `lateMs` milliseconds after its time; `missed` later times are not made up for. */
export function scheduleAsked(fields: { schedule: string; run: string; lateMs: number; missed: number }): void {
  metrics.discordEvents.inc({ event: 'schedule-asked' });
  log.info(fields, 'a scheduled question was asked');
}

/** A scheduled question cannot go on, so that it waits for somebody. */
export function schedulePaused(fields: { schedule: string; why: string }): void {
  metrics.discordEvents.inc({ event: 'schedule-paused' });
  log.warn(fields, 'a scheduled question was paused');
}

export function buttonPressed(fields: { action: string; run: string; by: string; result: string }): void {
  metrics.discordEvents.inc({ event: 'button' });
  log.info(fields, 'a button was pressed');
}

/** The gateway's connection: ready, resumed, lost, disconnected. */
export function gatewayChanged(state: 'ready' | 'resumed' | 'reconnecting' | 'disconnected', fields = {}): void {
  metrics.discordEvents.inc({ event: `gateway-${state}` });
  log[state === 'disconnected' ? 'error' : 'info'](fields, `gateway ${state}`);
}

/** The library cannot get the connection back, so that this process ends. */
export function gatewayGivenUp(fields: { why: string }): void {
  metrics.discordEvents.inc({ event: 'gateway-given-up' });
  log.error(fields, 'deaf to Discord: this process ends, to be started anew; what comes meanwhile is caught up with');
}

export function caughtUp(fields: { channels: number; messages: number }): void {
  metrics.discordEvents.inc({ event: 'caught-up' });
  log.info(fields, 'looked for messages that came while the bot was away');
}

/** A message or edit stands, or a message of a standing answer can no longer be changed. */
export function deliveryCounted(outcome: 'created' | 'edited' | 'gone' | 'refused'): void {
  metrics.discordDeliveries.inc({ outcome });
}

/** The whole answer of a run stands in Discord. */
export function answerDelivered(fields: { run: string; parts: number; outcome: string }): void {
  log.info(fields, 'an answer was delivered');
}

/** Discord did not confirm a message, or something else kept it away; it is tried again. */
export function deliveryFailed(fields: { run: string; error: string }): void {
  metrics.discordDeliveries.inc({ outcome: 'failed' });
  log.warn(fields, 'a delivery failed; trying again');
}

/** Discord does not take an answer where it was asked for: it goes on by direct message. */
export function answerMoved(fields: { run: string; channel: string; why: string }): void {
  metrics.discordDeliveries.inc({ outcome: 'moved' });
  log.warn(fields, 'an answer goes on by direct message');
}

/** Discord no longer takes the answer to a command or button, and shows the person a message of its own. */
export function interactionUnanswered(fields: { interaction: string; error: string }): void {
  metrics.discordEvents.inc({ event: 'interaction-unanswered' });
  log.warn(fields, 'an interaction could not be answered');
}

/** An answer will not stand: the bot may not write there, the channel is gone, or Discord refuses it. */
export function answerUndeliverable(fields: { run: string; channel: string; why: string; failure: Undelivered }): void {
  metrics.discordDeliveries.inc({ outcome: fields.failure });
  log.error(fields, 'an answer could not be delivered');
}

/** The Discord tools are wanted and not served. */
export function toolsNotServed(fields: { server: string; why: string }): void {
  log.warn(fields, 'the Discord tools are not served');
}

/** Somebody changed settings of a server, channel, thread or their own. */
export function settingChanged(fields: { owner: string; settings: string; by: string }): void {
  metrics.discordEvents.inc({ event: 'setting' });
  log.info(fields, 'settings were changed');
}

/** This process connects these shards, which no other has. */
export function shardsTaken(fields: { shards: string; count: number }): void {
  metrics.discordEvents.inc({ event: 'shards-taken' });
  log.info(fields, 'shards were taken');
}

/** No process has these shards, so that nobody hears what is written there. */
export function shardsUnheld(fields: { free: number; count: number }): void {
  metrics.discordEvents.inc({ event: 'shards-unheld' });
  log.error(fields, 'no process has these shards: start more, or raise DISCORD_SHARDS_EACH');
}

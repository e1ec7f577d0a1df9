import type { IngressConfig } from '../config.ts';
import type { IncomingMessage, Place } from '../discord/incoming.ts';
import { dm } from './dm.ts';
import { mention } from './mention.ts';
import { reply } from './reply.ts';
import { roleMention } from './role-mention.ts';
import { thread } from './thread.ts';
import type { Trigger } from './trigger.ts';

const triggers: Trigger[] = [dm, mention, roleMention, reply, thread];

/** The checks that a message must pass, by name, in order. `/why` and the log name the first one that it failed. */
export type Gate =
  | 'own-message'
  | 'not-a-person'
  | 'bot-loop'
  | 'not-ordinary'
  | 'not-addressed'
  | 'server-not-allowed'
  | 'dm-off'
  | 'channel-denied'
  | 'channel-not-allowed'
  | 'person-denied'
  | 'person-not-allowed'
  | 'channel-not-chosen'
  | 'cannot-write'
  | 'too-many'
  | 'queue-away';

export type Verdict = { pass: true; trigger: string } | { pass: false; gate: Gate; why: string };

export type GateConfig = Pick<
  IngressConfig,
  | 'DISCORD_GUILDS_ALLOW'
  | 'DISCORD_CHANNELS_ALLOW'
  | 'DISCORD_CHANNELS_DENY'
  | 'DISCORD_PEOPLE_ALLOW'
  | 'DISCORD_PEOPLE_DENY'
  | 'DISCORD_BOTS_ALLOW'
  | 'DISCORD_DM'
>;

/** Place and person, for the gates that commands pass as well. */
export type Asked = Pick<IncomingMessage, 'channel' | 'parent' | 'guild' | 'roles'> & {
  kind: Place;
  author: { id: string };
};

/** Decides about a message from its own data and the configuration alone. */
export function judge(message: IncomingMessage, bot: string, config: GateConfig): Verdict {
  if (message.author.id === bot) return drop('own-message', 'It is one of my own messages.');
  if (message.webhook) return drop('not-a-person', 'A webhook wrote it; anyone can give a webhook any name.');
  if (message.author.system) return drop('not-a-person', 'Discord itself wrote it.');
  if (message.author.bot && !config.DISCORD_BOTS_ALLOW.includes(message.author.id)) {
    return drop('not-a-person', 'A bot wrote it. DISCORD_BOTS_ALLOW names the bots that I answer.');
  }
  if (!message.ordinary)
    return drop('not-ordinary', 'It is a notice of Discord (a pin, a join, a boost), not a message.');
  const trigger = triggers.find((each) => each.fits(message, bot));
  if (!trigger) return drop('not-addressed', notAddressed(message));
  return judgePlace(message, config) ?? { pass: true, trigger: trigger.name };
}

/** Checks the gates of place and person; undefined when they let it through. */
export function judgePlace(place: Asked, config: GateConfig): (Verdict & { pass: false }) | undefined {
  const { DISCORD_GUILDS_ALLOW: guilds, DISCORD_CHANNELS_ALLOW: channels } = config;
  const direct = place.kind === 'dm' || place.kind === 'group';
  if (direct) {
    if (!config.DISCORD_DM) return drop('dm-off', 'Direct messages are switched off (DISCORD_DM).');
  } else if (guilds.length > 0 && !guilds.includes(place.guild ?? '')) {
    return drop('server-not-allowed', 'This server is not one of DISCORD_GUILDS_ALLOW.');
  }
  const here = [place.channel, place.parent ?? place.channel];
  if (here.some((id) => config.DISCORD_CHANNELS_DENY.includes(id))) {
    return drop('channel-denied', 'This channel is one of DISCORD_CHANNELS_DENY.');
  }
  if (!direct && channels.length > 0 && !here.some((id) => channels.includes(id))) {
    return drop('channel-not-allowed', 'This channel is not one of DISCORD_CHANNELS_ALLOW.');
  }
  const who = [place.author.id, ...place.roles.map(({ id }) => id)];
  if (who.some((id) => config.DISCORD_PEOPLE_DENY.includes(id))) {
    return drop('person-denied', 'The person, or one of their roles, is in DISCORD_PEOPLE_DENY.');
  }
  const { DISCORD_PEOPLE_ALLOW: people } = config;
  if (people.length > 0 && !who.some((id) => people.includes(id))) {
    return drop('person-not-allowed', 'Neither the person nor one of their roles is in DISCORD_PEOPLE_ALLOW.');
  }
  return undefined;
}

function notAddressed(message: IncomingMessage): string {
  if (message.kind === 'thread' && message.takesPart)
    return 'It is meant for somebody else: it mentions them and not me.';
  const ways = 'mention me, reply to one of my messages, use /ask, or write me a direct message';
  return `It does not address me: ${ways}.`;
}

function drop(gate: Gate, why: string): Verdict & { pass: false } {
  return { pass: false, gate, why };
}

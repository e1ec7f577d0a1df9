import type { IngressConfig } from '../config.ts';
import type { IncomingMessage, Place } from '../discord/incoming.ts';
import { speak } from '../language/say.ts';
import type { Key } from '../language/translation.ts';
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
  | 'empty'
  | 'too-many'
  | 'budget'
  | 'queue-away';

/** Why a gate keeps a message out, as a message of the catalogue. */
export type GateKey = Extract<Key, `gate.${string}`>;

/** `why` is for the log. */
export type Verdict = { pass: true; trigger: string } | { pass: false; gate: Gate; key: GateKey; why: string };

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
  if (message.author.id === bot) return drop('own-message', 'gate.own-message');
  if (message.webhook) return drop('not-a-person', 'gate.webhook');
  if (message.author.system) return drop('not-a-person', 'gate.system');
  if (message.author.bot && !config.DISCORD_BOTS_ALLOW.includes(message.author.id)) {
    return drop('not-a-person', 'gate.bot');
  }
  if (!message.ordinary) return drop('not-ordinary', 'gate.not-ordinary');
  const trigger = triggers.find((each) => each.fits(message, bot));
  if (!trigger) return drop('not-addressed', notAddressed(message));
  return judgePlace(message, config) ?? { pass: true, trigger: trigger.name };
}

/** Checks the gates of place and person; undefined when they let it through. */
export function judgePlace(place: Asked, config: GateConfig): (Verdict & { pass: false }) | undefined {
  const { DISCORD_GUILDS_ALLOW: guilds, DISCORD_CHANNELS_ALLOW: channels } = config;
  const direct = place.kind === 'dm' || place.kind === 'group';
  if (direct) {
    if (!config.DISCORD_DM) return drop('dm-off', 'gate.dm-off');
  } else if (guilds.length > 0 && !guilds.includes(place.guild ?? '')) {
    return drop('server-not-allowed', 'gate.server-not-allowed');
  }
  const here = [place.channel, place.parent ?? place.channel];
  if (here.some((id) => config.DISCORD_CHANNELS_DENY.includes(id))) {
    return drop('channel-denied', 'gate.channel-denied');
  }
  if (!direct && channels.length > 0 && !here.some((id) => channels.includes(id))) {
    return drop('channel-not-allowed', 'gate.channel-not-allowed');
  }
  const who = [place.author.id, ...place.roles.map(({ id }) => id)];
  if (who.some((id) => config.DISCORD_PEOPLE_DENY.includes(id))) {
    return drop('person-denied', 'gate.person-denied');
  }
  const { DISCORD_PEOPLE_ALLOW: people } = config;
  if (people.length > 0 && !who.some((id) => people.includes(id))) {
    return drop('person-not-allowed', 'gate.person-not-allowed');
  }
  return undefined;
}

function notAddressed(message: IncomingMessage): GateKey {
  return message.kind === 'thread' && message.takesPart ? 'gate.addresses-others' : 'gate.not-addressed';
}

function drop(gate: Gate, key: GateKey): Verdict & { pass: false } {
  return { pass: false, gate, key, why: speak('en')(key) };
}

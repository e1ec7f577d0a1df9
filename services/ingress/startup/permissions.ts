import type { Client, Guild } from 'discord.js';
import { inviteLink } from '#shared/ground/discord-invite.ts';
import { createLogger } from '#shared/process/log.ts';
import { neededPermissions } from '../discord/needed-permissions.ts';
import { missingPermissions } from '../discord/permissions.ts';

const log = createLogger('startup');

/** What the bot lacks in one server, by permission. */
export interface Lacking {
  guild: string;
  permission: string;
  without: string;
  /** Names of the affected channels, or `all`. */
  channels: string[] | 'all';
}

/** Looks at every text channel of a server. */
export function lackingIn(guild: Guild): Lacking[] {
  const channels = [...guild.channels.cache.values()].filter((channel) => channel.isTextBased() && !channel.isThread());
  const missing = channels.map((channel) => ({ name: channel.name, missing: missingPermissions(channel) }));
  return neededPermissions.flatMap(({ name, without }) => {
    const concerned = missing.filter((channel) => channel.missing.includes(name));
    if (concerned.length === 0) return [];
    const where = concerned.length === channels.length ? ('all' as const) : concerned.map((channel) => channel.name);
    return [{ guild: guild.name, permission: name, without, channels: where }];
  });
}

/** Logs what is missing in each server, what does not work without it, and how to grant it. */
export function reportPermissions(client: Client<true>): Lacking[] {
  const lacking = [...client.guilds.cache.values()].flatMap((guild) => reportPermissionsOf(guild));
  if (lacking.length > 0)
    log.info({ invite: inviteLink(client.application.id) }, 'this link invites the bot with all it needs');
  return lacking;
}

/** Does so for one server. */
export function reportPermissionsOf(guild: Guild): Lacking[] {
  const lacking = lackingIn(guild);
  for (const fields of lacking) {
    // A channel that is hidden from the bot is usually meant to be hidden.
    log[fields.permission === 'View Channel' && fields.channels !== 'all' ? 'info' : 'warn'](
      fields,
      'a permission is missing: give it to the bot’s role in the channel’s settings, or invite the bot anew',
    );
  }
  return lacking;
}

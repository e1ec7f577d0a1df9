import type { AnyThreadChannel, NonThreadGuildBasedChannel } from 'discord.js';
import { ToolError } from '#mcp/kit.ts';
import { shown } from '#mcp/words.ts';
import type { Asker } from './asker.ts';
import { isHidden } from './failures.ts';
import { isKept } from './guilds.ts';
import { activeThreads, seesThread, type Seen } from './sight.ts';

export type Place = NonThreadGuildBasedChannel | AnyThreadChannel;

const mention = /^<#(\d{17,20})>$/;
const link = /^https:\/\/(?:\w+\.)?discord(?:app)?\.com\/channels\/(?:\d+|@me)\/(\d{17,20})(?:\/\d+)?$/;

/** The id in a mention, a link or an id; undefined for a name. */
export function channelId(wanted: string): string | undefined {
  const text = wanted.trim();
  if (/^\d{17,20}$/.test(text)) return text;
  return (mention.exec(text) ?? link.exec(text))?.[1];
}

/**
 * The channel or thread that somebody means, among those that they see. What they cannot see is answered as what does not
 * exist. Throws ToolError when there is none, or several of one name.
 */
export async function findChannel(asker: Asker, seen: Seen, wanted: string | undefined): Promise<Place> {
  const name = wanted?.trim() || asker.here;
  if (name === undefined) {
    throw new ToolError('Name a channel: in direct messages there is none to begin with, and they are not read.');
  }
  const id = channelId(name);
  const found = id === undefined ? await byName(asker, seen, name) : await byId(asker, seen, id);
  if (found) return found;
  throw new ToolError(
    `There is no channel ${shown(name)} in this server that the person who asks can see. discord_list_channels tells which there are.`,
  );
}

async function byId(asker: Asker, seen: Seen, id: string): Promise<Place | undefined> {
  const channel = seen.get(id);
  if (channel) return channel;
  const thread = await asker.guild.channels
    .fetch(id, { force: true, cache: isKept(asker.guild) })
    .catch((error: unknown) => {
      // A channel of another server, or a direct message, is no channel of this one.
      if (isHidden(error) || (error as { code?: unknown }).code === 'GuildChannelUnowned') return null;
      throw error;
    });
  if (!thread?.isThread()) return undefined;
  return (await seesThread(thread, seen, asker.member)) ? thread : undefined;
}

async function byName(asker: Asker, seen: Seen, name: string): Promise<Place | undefined> {
  const wanted = plain(name);
  if (wanted === '') return undefined;
  const channels = [...seen.values()].filter((channel) => !isCategory(channel) && plain(channel.name) === wanted);
  if (channels.length > 0) return only(name, channels);
  const threads = await activeThreads(asker, seen);
  return only(
    name,
    threads.filter((thread) => plain(thread.name) === wanted),
  );
}

function only(name: string, places: Place[]): Place | undefined {
  if (places.length <= 1) return places[0];
  const ids = places.slice(0, 10).map(({ id }) => id);
  throw new ToolError(`Several channels are named ${shown(name)}. Name one by its id: ${ids.join(', ')}.`);
}

/** A name without its sign, in one spelling: Discord writes names of text channels in small letters with "-". */
function plain(name: string): string {
  return name.normalize('NFKC').replace(/^#/, '').trim().replaceAll(/\s+/g, '-').toLowerCase();
}

export function isCategory(channel: Place): boolean {
  return !channel.isThread() && !channel.isTextBased() && !channel.isThreadOnly();
}

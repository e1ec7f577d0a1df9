import type { APIMessage } from 'discord.js';
import type { DiscordApi } from '../discord/api.ts';
import { failureOf } from '../discord/errors.ts';
import { latest } from '../discord/snowflakes.ts';

export interface Posted {
  channel: string;
  /** The bot's own user id. */
  bot: string;
  runId: string;
  /** Name of the part: `0`, `1` …, or `approval:<id>`. */
  name: string;
  /** The message that the part replies to, if any. */
  repliesTo: string | undefined;
  /** Ids of the run's messages that are already known. */
  known: ReadonlySet<string>;
  /** Id of something that was there before the part. Ids are Discord's own order of time, whatever clocks show. */
  after: string;
}

/** Pages of a hundred messages that are searched. */
const maxPages = 10;

/**
 * Searches the channel for a part that may have been posted without our knowing: a message of the bot from that time on
 * that carries this run's buttons, or replies to what the part replies to.
 */
export async function findPosted(api: DiscordApi, posted: Posted): Promise<APIMessage | undefined> {
  let { after } = posted;
  for (let page = 0; page < maxPages; page += 1) {
    const messages = await read(api, posted.channel, after);
    const found = messages.find((message) => isPart(message, posted));
    if (found || messages.length < 100) return found;
    after = messages.map(({ id }) => id).reduce(latest, after);
  }
  return undefined;
}

/** Reads a page of messages; returns none where the bot may not read. */
async function read(api: DiscordApi, channel: string, after: string): Promise<APIMessage[]> {
  try {
    return await api.messages(channel, { after, limit: 100 });
  } catch (error) {
    if (failureOf(error) === 'forbidden') return [];
    throw error;
  }
}

function isPart(message: APIMessage, { bot, known, name, runId, repliesTo }: Posted): boolean {
  if (message.author.id !== bot || known.has(message.id)) return false;
  const approval = name.startsWith('approval:') ? name.slice('approval:'.length) : undefined;
  const ids = customIds(message);
  if (approval !== undefined) return ids.includes(`decide:${runId}:${approval}:deny`);
  if (ids.some((id) => id.startsWith('decide:'))) return false;
  const runs = ids.map((id) => id.split(':')[1]);
  if (runs.length > 0) return runs.includes(runId);
  return repliesTo !== undefined && message.message_reference?.message_id === repliesTo;
}

function customIds(message: APIMessage): string[] {
  const rows = (message.components ?? []) as { components?: { custom_id?: string }[] }[];
  return rows.flatMap((row) => row.components ?? []).flatMap(({ custom_id: id }) => (id === undefined ? [] : [id]));
}

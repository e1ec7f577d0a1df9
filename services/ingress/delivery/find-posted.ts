import type { APIMessage } from 'discord.js';
import type { DiscordApi } from '../discord/api.ts';
import { snowflakeOf } from '../discord/snowflakes.ts';

export interface Posted {
  channel: string;
  /** The bot's own user id. */
  bot: string;
  runId: string;
  /** Name of the part: `0`, `1` …, or `approval:<id>`. */
  name: string;
  /** Message that the part replies to, if any. */
  repliesTo: string | undefined;
  /** Ids of the run's messages that are known. */
  known: ReadonlySet<string>;
  /** When the part was first tried, in milliseconds since the epoch. */
  triedAt: number;
}

/**
 * Looks in the channel for a part that may have been posted without our learning of it: a message of the bot from
 * that time on, which carries this run's buttons, or replies to what the part replies to.
 */
export async function findPosted(api: DiscordApi, posted: Posted): Promise<APIMessage | undefined> {
  // Clocks differ: begin a minute before.
  const after = snowflakeOf(posted.triedAt - 60_000);
  const messages = await api.messages(posted.channel, { after, limit: 100 });
  const own = messages.filter((message) => message.author.id === posted.bot && !posted.known.has(message.id));
  const approval = posted.name.startsWith('approval:') ? posted.name.slice('approval:'.length) : undefined;
  return own.find((message) => {
    const ids = customIds(message);
    if (approval !== undefined) return ids.includes(`decide:${posted.runId}:${approval}:deny`);
    if (ids.some((id) => id.startsWith('decide:'))) return false;
    const runs = ids.map((id) => id.split(':')[1]);
    if (runs.length > 0) return runs.includes(posted.runId);
    return posted.repliesTo !== undefined && message.message_reference?.message_id === posted.repliesTo;
  });
}

function customIds(message: APIMessage): string[] {
  const rows = (message.components ?? []) as { components?: { custom_id?: string }[] }[];
  return rows.flatMap((row) => row.components ?? []).flatMap(({ custom_id: id }) => (id === undefined ? [] : [id]));
}

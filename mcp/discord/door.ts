import type { APIMessage, Client } from 'discord.js';
import { ToolError } from '#mcp/kit.ts';

/** What the tools need of the service that is logged in to Discord. */
export interface DiscordDoor {
  client: Client;
  /** False when the application lacks the message content intent: texts of others then come empty. */
  readsContent: boolean;
  /** At most a hundred messages of a channel, the newest first. */
  messages(channel: string, query: { before?: string; limit: number }): Promise<APIMessage[]>;
  /** What a message shows, in words; nothing in it can pose as a mark of ours. */
  textOf(message: APIMessage): string;
  /** A name on one line, without characters that hide something. */
  plainName(name: string): string;
  /**
   * Posts a text that pings nobody, once per key. `repeated`: it may have been tried before. Rejects with OutcomeUnknown
   * when Discord does not say whether it has posted it.
   */
  post(message: DiscordPost): Promise<{ id: string }>;
}

export interface DiscordPost {
  channel: string;
  content: string;
  key: string | undefined;
  repeated: boolean;
  signal: AbortSignal;
}

/** Throws ToolError where no such service runs: in a list of tools, or over stdio. */
export function openDoor(door: DiscordDoor | undefined): DiscordDoor {
  if (door?.client.isReady()) return door;
  throw new ToolError('Discord cannot be reached at the moment. Do without it, or tell the user to try again later.');
}

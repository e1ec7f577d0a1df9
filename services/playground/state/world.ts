import type { Clock } from './clock.ts';
import { createSnowflakes } from './snowflakes.ts';
import type { Bot, Channel, Command, Dispatch, Guild, Interaction, Member, Message, User } from './types.ts';

export interface StoredFile {
  bytes: Buffer;
  contentType: string;
  filename: string;
}

/**
 * Everything that exists, in memory. The functions in the files beside this one change it and report changes through
 * `publish`.
 */
export interface World {
  clock: Clock;
  /** The address that files are served from, without a slash at the end. */
  cdn: string;
  newId(): string;
  users: Map<string, User>;
  bots: Map<string, Bot>;
  guilds: Map<string, Guild>;
  channels: Map<string, Channel>;
  /** By channel, oldest first. */
  messages: Map<string, Map<string, Message>>;
  files: Map<string, StoredFile>;
  interactions: Map<string, Interaction>;
  commands: Map<string, Command>;
  /** For an author and a nonce: the message, and when it was stored. */
  nonces: Map<string, { message: Message; at: number }>;
  publish(event: Dispatch): void;
  subscribe(listener: (event: Dispatch) => void): () => void;
}

export function createWorld(clock: Clock): World {
  const listeners = new Set<(event: Dispatch) => void>();
  return {
    clock,
    cdn: '',
    newId: createSnowflakes(clock),
    users: new Map(),
    bots: new Map(),
    guilds: new Map(),
    channels: new Map(),
    messages: new Map(),
    files: new Map(),
    interactions: new Map(),
    commands: new Map(),
    nonces: new Map(),
    publish(event) {
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function isoNow(world: World): string {
  return isoAt(world.clock.now());
}

/** A moment, in milliseconds since 1970, in Discord's notation. */
export function isoAt(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000+00:00');
}

/** Returns a value that must exist. Throws an error for the program, not for a Discord client. */
export function must<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(`The playground knows no ${what}.`);
  return value;
}

export function userOf(world: World, id: string): User {
  return must(world.users.get(id), `user ${id}`);
}

export function guildOf(world: World, channel: Channel): Guild | undefined {
  return channel.guild_id === undefined ? undefined : world.guilds.get(channel.guild_id);
}

export function memberOf(world: World, guildId: string | undefined, userId: string): Member | undefined {
  return guildId === undefined ? undefined : world.guilds.get(guildId)?.members.get(userId);
}

export function isThread(channel: Channel): boolean {
  return channel.type >= 10 && channel.type <= 12;
}

export function channelsOf(world: World, guildId: string): Channel[] {
  return [...world.channels.values()].filter((channel) => channel.guild_id === guildId);
}

export function findMessage(world: World, channelId: string, messageId: string): Message | undefined {
  return world.messages.get(channelId)?.get(messageId);
}

/** Finds a message in any channel, for controls, which name only the message. */
export function findMessageAnywhere(world: World, messageId: string): Message | undefined {
  for (const messages of world.messages.values()) {
    const found = messages.get(messageId);
    if (found) return found;
  }
  return undefined;
}

import { channelJson } from '../json/channel.ts';
import { memberJson, roleJson } from '../json/guild.ts';
import { attachmentJson } from '../json/message.ts';
import { userJson } from '../json/user.ts';
import type { PlaygroundContext } from '../context.ts';
import { storeFile } from '../state/attachments.ts';
import type { Channel, Guild, Json } from '../state/types.ts';
import { guildOf } from '../state/world.ts';
import { channelNamed, roleNamed, userNamed } from './find.ts';
import type { FileToSend } from './talk.ts';

/** The objects that the ids of an interaction's data stand for, collected while the data is made. */
export interface Resolving {
  context: PlaygroundContext;
  channel: Channel;
  guild: Guild | undefined;
  resolved: Record<string, Json>;
}

export function startResolving(context: PlaygroundContext, channel: Channel): Resolving {
  return { context, channel, guild: guildOf(context.world, channel), resolved: {} };
}

/** `resolved` of the data; absent when nothing was named. */
export function resolvedOf({ resolved }: Resolving): { resolved?: Json } {
  return Object.keys(resolved).length > 0 ? { resolved } : {};
}

export function addResolved({ resolved }: Resolving, kind: string, id: string, json: Json): void {
  (resolved[kind] ??= {})[id] = json;
}

/** Takes up the person with this id or name, with their membership, and returns the id. The ones below do likewise. */
export function resolveUser(resolving: Resolving, nameOrId: string): string {
  const user = userNamed(resolving.context, nameOrId);
  addResolved(resolving, 'users', user.id, userJson(user));
  const member = resolving.guild?.members.get(user.id);
  if (resolving.guild && member) {
    addResolved(resolving, 'members', user.id, { ...memberJson(resolving.guild, member), permissions: '0' });
  }
  return user.id;
}

export function resolveChannel(resolving: Resolving, nameOrId: string, types: number[] = []): string {
  const { world } = resolving.context;
  const channel = channelNamed(resolving.context, nameOrId);
  if (types.length > 0 && !types.includes(channel.type)) throw new Error(`${nameOrId} is not offered.`);
  addResolved(resolving, 'channels', channel.id, { ...channelJson(world, channel), permissions: '0' });
  return channel.id;
}

export function resolveRole(resolving: Resolving, nameOrId: string): string {
  if (!resolving.guild) throw new Error('There are no roles in direct messages.');
  const role = roleNamed(resolving.guild, nameOrId);
  addResolved(resolving, 'roles', role.id, roleJson(role));
  return role.id;
}

/** The person or, where there is none of that id or name, the role. */
export function resolveMentionable(resolving: Resolving, nameOrId: string): string {
  const roles = [...(resolving.guild?.roles.values() ?? [])];
  const isRole = roles.some(({ id, name }) => id === nameOrId || name === nameOrId);
  return isRole ? resolveRole(resolving, nameOrId) : resolveUser(resolving, nameOrId);
}

export function resolveFile(resolving: Resolving, file: FileToSend): string {
  const { world } = resolving.context;
  const stored = storeFile(world, resolving.channel.id, {
    ...file,
    bytes: Buffer.from(file.bytes),
    ephemeral: true,
  });
  addResolved(resolving, 'attachments', stored.id, attachmentJson(world, stored));
  return stored.id;
}

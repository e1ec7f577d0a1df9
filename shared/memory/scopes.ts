import { callerKey, type Caller } from '#shared/run/request.ts';

/** Whose memories: the person's own, or those of everybody in a channel or a server of Discord. */
export const memoryScopes = ['mine', 'channel', 'server'] as const;
export type MemoryScope = (typeof memoryScopes)[number];

/** The name under which the memories of a scope are stored, as the caller's door knows them. */
export function ownerOf(scope: MemoryScope, caller: Caller): string | undefined {
  if (scope === 'mine') return `person:${callerKey(caller)}`;
  if (caller.kind !== 'discord' || caller.guild === undefined) return undefined;
  return scope === 'server'
    ? `server:discord:${caller.guild}`
    : caller.channel && `channel:discord:${caller.guild}:${caller.channel}`;
}

/** The scopes that the caller has where they ask, each with its owner. */
export function ownersOf(caller: Caller): [scope: MemoryScope, owner: string][] {
  return memoryScopes.flatMap((scope) => {
    const owner = ownerOf(scope, caller);
    return owner === undefined ? [] : [[scope, owner] as [MemoryScope, string]];
  });
}

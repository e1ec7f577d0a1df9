import type { Redis } from 'ioredis';
import type { PolicySource } from '#shared/rights/policy.ts';
import type { Caller } from '#shared/run/request.ts';
import { memoryScopes, ownerOf, type MemoryScope } from '#shared/memory/scopes.ts';
import type { MemoryLimits } from '#shared/memory/store.ts';
import type { Embed } from './embed.ts';

/** What the memory tools work with. */
export interface MemoryAccess {
  redis: Redis;
  policy: PolicySource;
  limits: MemoryLimits;
  /** Absent where no embedding model is configured. */
  embed?: Embed | undefined;
}

/** Throws RangeError, a sentence for the model, where nothing is remembered. */
export function openMemory(access: MemoryAccess | undefined): MemoryAccess {
  if (access && access.limits.most > 0) return access;
  throw new RangeError('Nothing is remembered here: whoever operates Dragoman has switched it off. Tell the user.');
}

/** The scope that a model names, and its owner. Throws RangeError where the caller has no such scope. */
export function scopeFor(value: unknown, caller: Caller): { scope: MemoryScope; owner: string } {
  const scope = memoryScopes.find((each) => each === (value ?? 'mine'));
  if (scope === undefined) throw new RangeError(`scope must be one of ${memoryScopes.join(', ')}.`);
  const owner = ownerOf(scope, caller);
  if (owner === undefined)
    throw new RangeError(`The user did not ask in a Discord server, so there is no ${scope}. Use mine.`);
  return { scope, owner };
}

/** The name in the policy for writing what a channel or server shares; there is no tool of this name. */
const sharing = 'memory_share';

export function mayShare({ policy }: MemoryAccess, caller: Caller): boolean {
  return policy.current().permission(caller, sharing) === 'allow';
}

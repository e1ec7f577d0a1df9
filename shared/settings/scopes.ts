/**
 * Where a setting counts. The later ones win: what a person chose for themselves stands above the thread, the thread
 * above its channel, the channel above its server. `once` counts for a person's next question in one place.
 */
export const settingScopes = ['server', 'channel', 'thread', 'person', 'once'] as const;
export type SettingScope = (typeof settingScopes)[number];

/** A place in which somebody asks. A direct-message channel is a channel without a server. */
export interface Place {
  /** Id of the Discord server. */
  guild?: string | undefined;
  /** Id of the channel or thread. */
  channel: string;
  /** Id of the channel that a thread belongs to; absent elsewhere. */
  parent?: string | undefined;
  /** `kind:id` of who asks (`callerKey`). */
  person?: string | undefined;
}

/** The name under which the settings of a scope are stored, `<scope>:<id>`; undefined where the place has none. */
export function ownerOf(scope: SettingScope, { guild, channel, parent, person }: Place): string | undefined {
  switch (scope) {
    case 'server':
      return guild && `server:${guild}`;
    case 'channel':
      // Outside of servers each person has their own, which is forgotten with them.
      return guild === undefined && person !== undefined
        ? `channel:${channel}:${person}`
        : `channel:${parent ?? channel}`;
    case 'thread':
      return parent && `thread:${channel}`;
    case 'person':
      return person && `person:${person}`;
    case 'once':
      return person && `once:${channel}:${person}`;
    default:
      return scope satisfies never;
  }
}

/** Whether these settings are one person's own, and nobody else's business. */
export function isOwn(owner: string): boolean {
  return /^(?:person|once):|^channel:[^:]+:./.test(owner);
}

/** The scope of an owner's name; undefined when it is none. */
export function scopeOf(owner: string): SettingScope | undefined {
  const [, name] = /^(\w+):./.exec(owner) ?? [];
  return settingScopes.find((scope) => scope === name);
}

import { get } from './api.js';

/** What the page knows: the snapshot of one person, the open channel and its messages, who is typing. */
export const store = {
  me: localStorage.getItem('playground.me') ?? 'Ada',
  snapshot: undefined,
  channelId: undefined,
  messages: new Map(),
  typing: new Map(),
  unread: new Map(),
  replyTo: undefined,
};

export async function loadSnapshot() {
  try {
    store.snapshot = await get('state', { as: store.me });
  } catch {
    // The person who was chosen last time no longer exists.
    store.me = 'Ada';
    store.snapshot = await get('state', { as: store.me });
  }
}

export function allChannels() {
  const { guilds, dms } = store.snapshot;
  return [...guilds.flatMap((guild) => [...guild.channels, ...guild.threads]), ...dms];
}

export function channel(id = store.channelId) {
  return allChannels().find((c) => c.id === id);
}

export function guildOf(channelId = store.channelId) {
  return store.snapshot.guilds.find((g) => [...g.channels, ...g.threads].some((c) => c.id === channelId));
}

export function user(id) {
  return store.snapshot.users.find((u) => u.id === id);
}

export function userName(id) {
  const member = guildOf()?.members.find((m) => m.id === id);
  return member?.nick ?? user(id)?.name ?? 'unknown person';
}

/** The colour of the highest coloured role of a person, which Discord uses for their name. */
export function nameColor(id) {
  const guild = guildOf() ?? store.snapshot.guilds[0];
  const roles = guild?.members.find((m) => m.id === id)?.roles ?? [];
  const coloured = guild?.roles.filter((role) => roles.includes(role.id) && role.color !== 0) ?? [];
  const highest = coloured.toSorted((a, b) => b.position - a.position)[0];
  return highest && `#${highest.color.toString(16).padStart(6, '0')}`;
}

export function channelTitle(c) {
  if (!c) return '';
  if (c.with) return `@${userName(c.with)}`;
  return c.type >= 10 && c.type <= 12 ? `↳ ${c.name}` : `#${c.name}`;
}

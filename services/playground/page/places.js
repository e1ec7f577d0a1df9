import { allChannels, channelTitle } from './store.js';

const DISCORD = /^(?:\w+\.)?discord(?:app)?\.com$/;

/** Where a link to a channel or message of Discord leads within the page; nothing for all other links. */
export function placeOf(url) {
  const { hostname, pathname } = new URL(url);
  if (!DISCORD.test(hostname)) return undefined;
  const [, channelId, messageId] = /^\/channels\/(?:@me|\d+)\/(\d+)(?:\/(\d+))?\/?$/.exec(pathname) ?? [];
  const known = allChannels().find(({ id }) => id === channelId);
  if (!known) return undefined;
  if (!messageId) return { href: `#${channelId}`, title: channelTitle(known) };
  return { href: `#${channelId}/${messageId}`, title: `${channelTitle(known)} › 💬` };
}

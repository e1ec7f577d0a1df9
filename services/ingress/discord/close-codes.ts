/** Close codes after which a reconnect is impossible (docs: Gateway Close Event Codes). */
const meanings: Record<number, string> = {
  4004: 'Discord does not accept DISCORD_TOKEN',
  4010: 'invalid shard',
  4011: 'the bot is in too many servers for one connection',
  4012: 'Discord does not know this gateway version any more',
  4013: 'invalid intents',
  4014: 'an intent is switched off in the developer portal, page Bot; start the bot again after switching it on',
};

/** What a close code of the gateway means to an operator. */
export function meaningOf(code: number): string {
  return meanings[code] ?? 'the connection was closed';
}

import type { BlockedText, Channel } from './types.ts';
import { guildOf, type World } from './world.ts';

/** Which kind of moderation stops this text in this channel; undefined when none does. */
export function blockedIn(world: World, channel: Channel, text: string): BlockedText['kind'] | undefined {
  const lower = text.toLowerCase();
  return guildOf(world, channel)?.blocked.find((each) => lower.includes(each.text.toLowerCase()))?.kind;
}

import type { Channel } from './types.ts';
import { guildOf, type World } from './world.ts';

/** A text that a server's moderation stops: a word of its AutoMod, or a link that Discord holds for harmful. */
export interface BlockedText {
  text: string;
  kind: 'word' | 'link';
}

/** Which kind of moderation stops this text in this channel; undefined when none does. */
export function blockedIn(world: World, channel: Channel, text: string): BlockedText['kind'] | undefined {
  const lower = text.toLowerCase();
  return guildOf(world, channel)?.blocked.find((each) => lower.includes(each.text.toLowerCase()))?.kind;
}

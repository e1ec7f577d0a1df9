import { blockedIn } from '../state/moderation.ts';
import type { Channel } from '../state/types.ts';
import type { World } from '../state/world.ts';
import { refuse } from './errors.ts';
import type { CheckedMessage } from './validate-message.ts';

/** Throws when the server's moderation stops the message, whose embeds it reads as well. */
export function requireClean(world: World, channel: Channel | undefined, message: CheckedMessage): void {
  const { content, embeds = [] } = message;
  const texts = [content, ...embeds.flatMap(({ title, description }) => [title, description])];
  const blocked = channel && blockedIn(world, channel, texts.join('\n'));
  if (blocked !== undefined) throw refuse(blocked === 'link' ? 'harmfulLink' : 'autoMod');
}

/** Throws when the server's moderation stops the name of a thread. */
export function requireCleanTitle(world: World, channel: Channel, name: string): void {
  if (blockedIn(world, channel, name) !== undefined) throw refuse('autoModTitle');
}

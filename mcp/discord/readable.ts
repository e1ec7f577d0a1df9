import { ToolError } from '#mcp/kit.ts';
import type { Asker } from './asker.ts';
import { isCategory, type Place } from './find-channel.ts';
import { readsHistory } from './sight.ts';

/** Throws ToolError when the asker, or the bot, may not read what was written in a channel that the asker sees. */
export function checkReadable(place: Place, { guild, member }: Asker): void {
  if (isCategory(place)) throw new ToolError('This is a category, which has no messages. Name a channel in it.');
  if (!readsHistory(place, member)) {
    throw new ToolError('The person who asks may not read the message history of this channel.');
  }
  if (guild.members.me && !readsHistory(place, guild.members.me)) {
    throw new ToolError(
      'The person can read this channel, but the bot cannot: it needs View Channel and Read Message History there. Tell them.',
    );
  }
}

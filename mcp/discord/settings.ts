import { z } from 'zod';
import { integer } from '#shared/ground/config.ts';

export const config = z.object({
  DISCORD_READ_MAX_CHARS: integer(20_000, 1_000, 200_000).meta({
    description: 'Characters of messages that one call of a tool reads or finds',
  }),
  DISCORD_SEARCH_MAX_MESSAGES: integer(1_000, 100, 10_000).meta({
    description:
      'Messages that one search looks through, the newest of all channels first; it asks Discord 40 times at most, for 100 each',
  }),
});

export type DiscordSettings = z.output<typeof config>;
